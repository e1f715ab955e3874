# Starts sleepers until the machine refuses, says how many it got, and leaves them behind. At most 200, in case nothing refuses.
import os, time
count = 0
try:
    while count < 200:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        count += 1
except OSError as error:
    print("refused after", count, error.errno, flush=True)
else:
    print("never refused", flush=True)
