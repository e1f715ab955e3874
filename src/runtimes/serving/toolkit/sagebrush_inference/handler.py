"""The user's module: its functions, or the framework's, around one request. As transformer.py of sagemaker-inference."""
import importlib
import importlib.util
import inspect
import os
import re
import traceback

from . import formats
from .defaults import BY_FRAMEWORK

NAMES = ("model_fn", "input_fn", "predict_fn", "output_fn")


class Context:
    """What functions see that take one argument more: of the toolkit's context the headers and the response's type."""

    def __init__(self, model_dir):
        self.system_properties = {"model_dir": model_dir, "gpu_id": None}
        self.headers = {}
        self.response_content_type = None

    def get_request_header(self, index, key):
        return next((value for name, value in self.headers.items() if name.lower() == key.lower()), None)

    def get_all_request_header(self, index):
        return dict(self.headers)

    def set_response_content_type(self, index, value):
        self.response_content_type = value


def module_name():
    """SAGEMAKER_PROGRAM without its ending; inference when it is not given."""
    return re.sub(r"\.py$", "", os.environ.get("SAGEMAKER_PROGRAM") or "inference.py")


class Handler:
    """Loads the model once; answers requests one after the other."""

    def __init__(self, framework, model_dir):
        self._default = BY_FRAMEWORK[framework]()
        self._context = Context(model_dir)
        name = module_name()
        module = importlib.import_module(name) if importlib.util.find_spec(name) is not None else None
        own = {each: getattr(module, each, None) for each in NAMES}
        self._transform_fn = getattr(module, "transform_fn", None)
        if self._transform_fn and any(own[each] for each in NAMES[1:]):
            raise ValueError("Cannot use transform_fn implementation in conjunction with input_fn, predict_fn, and/or output_fn implementation")
        self._functions = {each: own[each] or getattr(self._default, each) for each in NAMES}
        self._model = self._run(self._functions["model_fn"], model_dir)

    def _run(self, function, *arguments):
        count = len(inspect.signature(function).parameters)
        if count == len(arguments):
            return function(*arguments)
        if count == len(arguments) + 1:
            return function(*arguments, self._context)
        raise TypeError(f"{function.__name__} takes {count} arguments but {len(arguments)} were given.")

    def _transform(self, data, content_type, accept):
        if self._transform_fn:
            return self._run(self._transform_fn, self._model, data, content_type, accept)
        read = self._run(self._functions["input_fn"], data, content_type)
        prediction = self._run(self._functions["predict_fn"], read, self._model)
        return self._run(self._functions["output_fn"], prediction, accept)

    def answer(self, headers, body):
        """(status, content type, body) of a request."""
        self._context.headers = headers
        self._context.response_content_type = None
        by_name = {name.lower(): value for name, value in headers.items()}
        content_type = by_name.get("content-type") or formats.JSON
        accept = by_name.get("accept") or "*/*"
        if accept == "*/*":
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or formats.JSON
        try:
            result = self._transform(body.decode("utf-8") if content_type in formats.TEXTS else body, content_type, accept)
            result, told = result if isinstance(result, tuple) else (result, accept)
            return 200, self._context.response_content_type or told, as_bytes(result)
        except formats.UnsupportedFormat as error:
            return failed(self._default.unsupported_status, error)
        except Exception as error:
            return failed(getattr(error, "status_code", 500), error)


def as_bytes(result):
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result)
    return (result if isinstance(result, str) else formats.encode(result, formats.JSON)[0]).encode("utf-8")


def failed(status, error):
    trace = traceback.format_exc()
    print(trace, flush=True)
    return status, "text/plain", f"{error}\n{trace}".encode("utf-8")
