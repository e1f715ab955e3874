"""The HTTP side: answers /ping, hands /invocations to a worker that is free, and replaces workers that die."""
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection

MAX_BODY = 100 * 1024 * 1024


class Worker:
    """A worker process and the way to it."""

    def __init__(self, framework):
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen([sys.executable, sys.argv[0], framework, "--worker", str(theirs.fileno())], pass_fds=[theirs.fileno()])
        theirs.close()
        self._way = Connection(ours.detach())

    def loaded(self):
        """None, or why it could not load the model."""
        try:
            kind, reason = self._way.recv()
        except (EOFError, ConnectionResetError):
            return f"a worker ended with code {self._process.wait()} while it loaded the model"
        return None if kind == "ready" else reason

    def ask(self, headers, body, seconds):
        """The answer; None when the worker died or took too long, and is gone."""
        try:
            self._way.send((headers, body))
            if self._way.poll(seconds):
                return self._way.recv()
            print(f"A worker did not answer within {seconds} s (SAGEMAKER_MODEL_SERVER_TIMEOUT) and is replaced", flush=True)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            print(f"A worker died while it answered a request (code {self._process.wait()}) and is replaced", flush=True)
        self._process.kill()
        self._process.wait()
        self._way.close()
        return None


class Pool:
    def __init__(self, framework, count, seconds):
        self._framework = framework
        self._seconds = seconds
        self._free = queue.SimpleQueue()
        # Started together: loading takes as long as one does.
        for worker in [Worker(framework) for _ in range(count)]:
            self._take_in(worker)

    def _take_in(self, worker):
        reason = worker.loaded()
        if reason is not None:
            # Not healthy without its model: the platform sees the end and the words before it.
            print(reason, file=sys.stderr, flush=True)
            os._exit(1)
        self._free.put(worker)

    def answer(self, headers, body):
        worker = self._free.get()
        result = worker.ask(headers, body, self._seconds)
        if result is not None:
            self._free.put(worker)
            return result
        threading.Thread(target=lambda: self._take_in(Worker(self._framework)), daemon=True).start()
        return 500, "text/plain", b"Worker died.", {}


def handler_of(pool):
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self._send(*((200, "application/json", b'{"status": "Healthy"}') if self.path == "/ping" else (404, "text/plain", b"Not found")))

        def do_POST(self):
            body = self._body()
            if body is None:
                self.close_connection = True
                self._send(413, "text/plain", b"Request entity is too large")
            elif self.path == "/invocations":
                self._send(*pool.answer(dict(self.headers.items()), body))
            else:
                self._send(404, "text/plain", b"Not found")

        def _body(self):
            if self.headers.get("transfer-encoding", "").lower() == "chunked":
                return self._chunks()
            length = int(self.headers.get("content-length") or 0)
            return self.rfile.read(length) if length <= MAX_BODY else None

        def _chunks(self):
            pieces = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if sum(map(len, pieces)) + size > MAX_BODY:
                    return None
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b"".join(pieces)

        def _send(self, status, content_type, body, headers=None):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    return Requests


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        # Without http.server's look-up of the host's name, which may take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = self.server_address[:2]


def serve(framework):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    count = int(os.environ["SAGEMAKER_MODEL_SERVER_WORKERS"])
    pool = Pool(framework, count, float(os.environ["SAGEMAKER_MODEL_SERVER_TIMEOUT"]))
    print(f"{count} worker{'s' if count > 1 else ''} ready", flush=True)
    Server((os.environ["SAGEMAKER_BIND_ADDRESS"], int(os.environ["SAGEMAKER_BIND_TO_PORT"])), handler_of(pool)).serve_forever()
