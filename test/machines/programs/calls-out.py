"""Says how calls to another network and to a server of the host end."""
import errno
import socket
import sys

for address in (("198.51.100.1", 80), ("127.0.0.1", int(sys.argv[1]))):
    try:
        socket.create_connection(address, timeout=3).close()
        print("connected", flush=True)
    except OSError as error:
        print(errno.errorcode.get(error.errno, type(error).__name__), flush=True)
