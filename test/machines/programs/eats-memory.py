# Eats memory by the mebibyte: alone, or in a child whose death the parent hides behind a polite exit code.
import subprocess, sys
if len(sys.argv) > 1 and sys.argv[1] == "child":
    code = subprocess.call([sys.executable, __file__])
    print("child ended with", code, flush=True)
    sys.exit(1)
hoard = []
while True:
    hoard.append(bytearray(b"\x01") * (1024 * 1024))
