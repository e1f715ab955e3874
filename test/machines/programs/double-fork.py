# Leaves an orphan in a session of its own that keeps the output open, tells its pid, and ends well.
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
print("left one behind", flush=True)
if len(sys.argv) > 1:
    time.sleep(600)
