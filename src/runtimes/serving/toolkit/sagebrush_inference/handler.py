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


class RequestProcessor:
    """The request's headers by the names of the model servers' own object."""

    def __init__(self, headers):
        self._headers = headers

    def get_request_properties(self):
        return dict(self._headers)

    def get_request_property(self, key):
        return next((value for name, value in self._headers.items() if name.lower() == key.lower()), None)


class Context:
    """What functions see that take one argument more: of TorchServe's context the request's headers, and what the answer is to have."""

    def __init__(self, model_dir):
        self.system_properties = {"model_dir": model_dir, "gpu_id": None}
        self.begin({})

    def begin(self, headers):
        self.request_processor = [RequestProcessor(headers)]
        self.status = 200
        self.response_headers = {}

    def get_request_header(self, index, key):
        return self.request_processor[index].get_request_property(key)

    def get_all_request_header(self, index):
        return self.request_processor[index].get_request_properties()

    def set_response_status(self, code=200, phrase="", idx=0):
        self.status = code

    def set_response_header(self, idx, key, value):
        self.response_headers[key] = value

    def set_response_content_type(self, idx, value):
        """Without effect, as in the toolkits: they set what the function returned, or what was accepted, after it."""


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
        before, warm_up = getattr(module, "pre_model_fn", None), getattr(module, "model_warmup_fn", None)
        if before:
            self._run(before, model_dir)
        self._model = self._run(self._functions["model_fn"], model_dir)
        if warm_up:
            self._run(warm_up, model_dir, self._model)

    def _run(self, function, *arguments):
        count = len(inspect.signature(function).parameters)
        if count == len(arguments):
            return function(*arguments)
        if count == len(arguments) + 1:
            return function(*arguments, self._context)
        raise TypeError(f"{function.__name__} takes {count} arguments but {len(arguments)} were given.")

    def _transform(self, data, content_type, accept):
        self._step = "transform_fn"
        if self._transform_fn:
            return self._run(self._transform_fn, self._model, data, content_type, accept)
        self._step = "input_fn"
        read = self._run(self._functions["input_fn"], data, content_type)
        self._step = "predict_fn"
        prediction = self._run(self._functions["predict_fn"], read, self._model)
        self._step = "output_fn"
        return self._run(self._functions["output_fn"], prediction, accept)

    def answer(self, headers, body):
        """(status, content type, body, further headers) of a request."""
        self._context.begin(headers)
        content_type = self._context.get_request_header(0, "content-type") or formats.JSON
        accept = self._context.get_request_header(0, "accept") or "*/*"
        if accept == "*/*":
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or formats.JSON
        try:
            result = self._transform(body.decode("utf-8") if content_type in formats.TEXTS else body, content_type, accept)
            result, told = result if isinstance(result, tuple) else (result, accept)
            return self._context.status, told, as_bytes(result), self._context.response_headers
        except Exception as error:
            trace = traceback.format_exc()
            print(trace, flush=True)
            status, told, text = self._default.failed(error, trace, self._step)
            return status, told, text.encode("utf-8"), {}


def as_bytes(result):
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result)
    return (result if isinstance(result, str) else formats.encode(result, formats.JSON)).encode("utf-8")
