# Nests folders deeper than any path can be long, in its /tmp.
import os
for _ in range(60):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
os.mkfifo("pipe")
print("nested", flush=True)
