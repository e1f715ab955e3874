"""A process that holds the model and answers one request at a time."""
import os
import traceback
from multiprocessing.connection import Connection

from .handler import Handler


def work(framework, descriptor):
    front = Connection(descriptor)
    try:
        handler = Handler(framework, os.environ["SM_MODEL_DIR"])
    except Exception:
        front.send(("failed", traceback.format_exc()))
        return
    front.send(("ready", None))
    while True:
        try:
            headers, body = front.recv()
        except EOFError:
            return
        front.send(handler.answer(headers, body))
