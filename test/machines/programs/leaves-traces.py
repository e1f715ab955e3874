# Leaves what may outlive a process on a shared host: System V shared memory, files where everybody may write.
import ctypes, os, sys
key = sys.argv[1]
print(ctypes.CDLL(None).shmget(int(key), 1 << 20, 0o1666) >= 0, flush=True)
for folder in ("/tmp", "/var/tmp", "/run/lock", "/dev/shm"):
    try:
        open(os.path.join(folder, "trace-" + key + folder.replace("/", "-")), "x").close()
    except FileExistsError:
        print("found in", folder, flush=True)
    except OSError:
        pass
