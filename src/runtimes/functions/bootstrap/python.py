"""The program that runs inside a Python execution environment: loads the handler, then asks the Runtime API for
invocations until it is ended. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

The HTTP/1.1 client is a bare socket kept alive, one request at a time: http.client doubles the cold start.
"""
import importlib
import json
import os
import socket
import sys
import time

ROOT = "/2018-06-01/runtime"
INDENT = "\u00a0"  # AWS keeps the indentation of tracebacks in the log with no-break spaces


class RuntimeApi:
    def __init__(self, authority, token):
        host, port = authority.rsplit(":", 1)
        self._authority = authority
        self._token = token
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _request(self, method, path, body=b"", headers=""):
        head = "%s %s%s HTTP/1.1\r\nHost: %s\r\nSagebrush-Runtime-Token: %s\r\n%sContent-Length: %d\r\n\r\n" % (
            method, ROOT, path, self._authority, self._token, headers, len(body))
        self._socket.sendall(head.encode("latin-1") + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive(65536)
        head, rest = data.split(b"\r\n\r\n", 1)
        status, *lines = head.decode("latin-1").split("\r\n")
        answer = {}
        for line in lines:
            name, value = line.split(":", 1)
            answer[name.lower()] = value.strip()
        parts, missing = [rest], int(answer.get("content-length", 0)) - len(rest)
        while missing > 0:
            part = self._receive(min(missing, 1 << 20))
            parts.append(part)
            missing -= len(part)
        return int(status.split(" ")[1]), answer, b"".join(parts)

    def _receive(self, size):
        data = self._socket.recv(size)
        if not data:
            os._exit(1)  # the server is gone: so is this environment
        return data

    def next(self):
        _, headers, body = self._request("GET", "/invocation/next")
        return headers, body

    def response(self, request_id, body, content_type):
        self._request("POST", "/invocation/%s/response" % request_id, body, "Content-Type: %s\r\n" % content_type)

    def error(self, path, document):
        kind = document["errorType"].encode("ascii", "replace").decode()
        self._request("POST", path, to_json(document), "Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: %s\r\n" % kind)


class Fault(Exception):
    """An error of the runtime's own, with AWS's `Runtime.*` name."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind, self.message, self.trace = "Runtime." + kind, message, trace


class _Fields:
    def __init__(self, values, names):
        for name in names:
            setattr(self, name, (values or {}).get(name))


class LambdaContext:
    def __init__(self, headers):
        env = os.environ.get
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.log_group_name = env("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = env("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = env("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.tenant_id = None
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])
        client = headers.get("lambda-runtime-client-context")
        self.client_context = None
        if client:
            self.client_context = _Fields(json.loads(client), ("custom", "env", "client"))
            if self.client_context.client is not None:
                self.client_context.client = _Fields(
                    self.client_context.client,
                    ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"))
        identity = headers.get("lambda-runtime-cognito-identity")
        known = json.loads(identity) if identity else {}
        self.identity = _Fields(
            {"cognito_identity_id": known.get("cognitoIdentityId"), "cognito_identity_pool_id": known.get("cognitoIdentityPoolId")},
            ("cognito_identity_id", "cognito_identity_pool_id"))

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class Unbuffered:
    """Every write is out before the next statement: nothing is lost when the handler ends the process."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        self._stream.write(text)
        self._stream.flush()

    def writelines(self, lines):
        self._stream.writelines(lines)
        self._stream.flush()


_request_id = ""


def set_up_logging():
    """The root logger as AWS's runtime leaves it: level untouched (WARNING), one handler in AWS's format."""
    import logging

    class Handler(logging.Handler):
        def emit(self, record):
            record.aws_request_id = _request_id
            # One event a record: line ends travel as carriage returns and are turned back by the server.
            sys.stdout.write(self.format(record).replace("\n", "\r") + "\n")

    handler = Handler()
    formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def to_json(value):
    return json.dumps(value, default=_decimal).encode()


def _decimal(value):
    import decimal
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def load_handler(name):
    try:
        module_name, function = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("MalformedHandlerName", "Bad handler '%s': %s" % (name, error))
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        if getattr(error, "name", None) in ("boto3", "botocore"):
            print("sagebrush: AWS's Python runtimes carry boto3, and %s lacks it. Add it with `%s -m pip install boto3`, or put it into the package." % (sys.executable, sys.executable))
        raise Fault("ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        raise Fault("UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error),
                    ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)])
    try:
        return getattr(module, function)
    except AttributeError:
        raise Fault("HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, module_name))


def describe(error, request_id=""):
    """AWS's error document; frames of this file and of importlib are left out of the trace."""
    if isinstance(error, Fault):
        return {"errorMessage": error.message, "errorType": error.kind, "requestId": request_id, "stackTrace": error.trace or []}
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    while frames and (frames[0].filename == __file__ or "importlib" in frames[0].filename):
        del frames[0]
    return {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": request_id, "stackTrace": traceback.format_list(frames)}


def log_error(document):
    lines = ["[ERROR] %s: %s" % (document["errorType"], document["errorMessage"]), "Traceback (most recent call last):"]
    for element in document["stackTrace"]:
        for line in element.splitlines():
            bare = line.lstrip(" ")
            lines.append(INDENT * (len(line) - len(bare)) + bare)
    sys.stdout.write("\r".join(lines) + "\n")


def run_handler(handler, headers, body):
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Fault("UnmarshalError", "Unable to unmarshal input: %s" % error)
    result = handler(event, LambdaContext(headers))
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return to_json(result), "application/json"
    except Exception as error:
        raise Fault("MarshalError", "Unable to marshal response: %s" % error)


def serve(api, handler):
    global _request_id
    while True:
        headers, body = api.next()
        _request_id = headers["lambda-runtime-aws-request-id"]
        trace = headers.get("lambda-runtime-trace-id")
        if trace is None:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        else:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        try:
            result, content_type = run_handler(handler, headers, body)
        except Exception as error:
            document = describe(error, _request_id)
            log_error(document)
            api.error("/invocation/%s/error" % _request_id, document)
        else:
            api.response(_request_id, result, content_type)


def main():
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"], os.environ.pop("SAGEBRUSH_RUNTIME_TOKEN"))
    sys.stdout, sys.stderr = Unbuffered(sys.stdout), Unbuffered(sys.stderr)
    os.chdir(os.environ["LAMBDA_TASK_ROOT"])
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    set_up_logging()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        document = describe(error)
        log_error(document)
        api.error("/init/error", document)
        sys.exit(1)
    serve(api, handler)


main()
