# Connects to the port it is given, says so, and stays or closes at once without waiting for an answer.
import socket, sys, time
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
connection.sendall(b"hello\n")
if sys.argv[2] == "close":
    connection.close()
time.sleep(600)
