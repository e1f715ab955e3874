"""The model server's handling of a request beside AWS's own toolkits (sagemaker-inference, sagemaker-pytorch-inference): the same functions, the same requests, the same answers."""
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

OURS = Path(__file__).resolve().parents[2] / "src/runtimes/serving/toolkit"

MODULES = {
    "nothing": "",
    "four": """
import json
def model_fn(model_dir): return 3
def input_fn(data, content_type):
    if content_type == "image/jpeg": return len(data)
    return json.loads(data)["n"]
def predict_fn(data, model): return data * model
def output_fn(prediction, accept): return json.dumps({"is": prediction, "accept": accept}), accept
""",
    "defaults": "def model_fn(model_dir): return 3\ndef predict_fn(data, model): return data * model\n",
    "text": "def model_fn(model_dir): return 3\ndef predict_fn(data, model): return data\n",
    "context": """
def model_fn(model_dir, context): return context.system_properties["model_dir"]
def predict_fn(data, model, context): return [model.split("/")[-1], context.request_processor[0].get_request_properties()["Accept"]]
""",
    "transform": "def model_fn(d): return 'x'\ndef transform_fn(model, data, content_type, accept): return model + data, 'text/plain'\n",
    "warm": """
seen = []
def pre_model_fn(d): seen.append("before")
def model_fn(d): return seen.append("model") or seen
def model_warmup_fn(d, model): model.append("after")
def predict_fn(data, model): return model
""",
    "errors": """
from sagemaker_inference import content_types, decoder, encoder, errors
class Mine(errors.BaseInferenceToolkitError): pass
def model_fn(d): return None
def input_fn(data, content_type): return decoder.decode(data, content_type)
def predict_fn(data, model):
    if data == 1: raise Mine(418, "no tea", "teapot")
    if data == 2: raise errors.GenericInferenceToolkitError(422)
    if data == 3: raise ValueError("three")
    return data
def output_fn(prediction, accept): return encoder.encode(prediction, content_types.CSV if accept == "a/b" else accept)
""",
    "wrong": "def model_fn(a, b, c): pass\n",
    "both": "def model_fn(d): pass\ndef transform_fn(a, b, c, d): pass\ndef input_fn(a, b): pass\n",
    "broken": "def model_fn(d): raise OSError('no weights')\n",
    "torchy": "import torch\ndef model_fn(d): return torch.nn.Identity()\n",
}
JSON, CSV = "application/json", "text/csv"
# module, content type, body, accept
CASES = [
    ("four", JSON, '{"n": 2}', "*/*"), ("four", JSON, '{"n": 2}', JSON), ("four", "image/jpeg", "0123", "a/b"), ("four", JSON, "{", JSON), ("four", JSON, "{}", JSON),
    ("defaults", JSON, "[[1, 2.5]]", JSON), ("defaults", JSON, "[1, 2]", CSV), ("defaults", CSV, "1,2\n3,4", CSV), ("defaults", CSV, "1.5,2\n3,4", JSON), ("text", CSV, "a,b\nc,d", JSON), ("defaults", CSV, "1,2\n3,4", f"a/b, {CSV},{JSON}"),
    ("defaults", JSON, "[1]", "a/b"), ("defaults", "text/plain", "1", JSON), ("defaults", JSON, "4", JSON), ("defaults", "application/octet-stream", "1", JSON),
    ("defaults", JSON, "[1.5]", "application/x-npy"), ("context", JSON, "1", JSON), ("transform", JSON, "y", JSON), ("transform", CSV, "y", "*/*"), ("warm", JSON, "1", JSON),
    ("errors", JSON, "1", JSON), ("errors", JSON, "2", JSON), ("errors", JSON, "3", JSON), ("errors", JSON, "[[1, 2]]", "a/b"), ("errors", JSON, "[4]", "c/d"), ("errors", "c/d", "4", JSON),
    ("wrong", JSON, "1", JSON), ("both", JSON, "1", JSON), ("broken", JSON, "1", JSON), ("nothing", JSON, "1", JSON),
]
TORCH_CASES = [
    ("torchy", JSON, "[[1, 2.5]]", JSON), ("torchy", CSV, "1,2\n3,4", CSV), ("torchy", JSON, "[1, 2]", f"a/b,{CSV}"), ("torchy", JSON, "[1, 2]", "application/x-npy"),
    ("torchy", JSON, "[1]", "a/b"), ("torchy", "text/plain", "1", JSON), ("nothing", JSON, "1", JSON),
]


def theirs(framework, case):
    """(status, content type, body) by AWS's Transformer, whose model server is stood in for by an object with its four methods."""
    from sagemaker_inference.transformer import Transformer

    module, content_type, body, accept = case
    handler = None
    if framework == "pytorch":
        from sagemaker_pytorch_serving_container.default_pytorch_inference_handler import DefaultPytorchInferenceHandler

        handler = DefaultPytorchInferenceHandler()

    class Processor:
        def get_request_properties(self):
            return {"Content-Type": content_type, "Accept": accept}

    class Context:
        system_properties = {"model_dir": os.environ["SM_MODEL_DIR"]}
        request_processor = [Processor()]
        model_name = "model"
        status, told = 200, "text/plain"

        def set_response_status(self, code, phrase):
            self.status = code

        def set_response_content_type(self, index, value):
            self.told = value

    context = Context()
    answer = Transformer(handler).transform([{"body": bytearray(body.encode())}], context)[0]
    return context.status, context.told, answer if isinstance(answer, bytes) else str(answer).encode()


def ours(framework, case):
    from sagebrush_inference.handler import Handler

    _, content_type, body, accept = case
    try:
        handler = Handler(framework, os.environ["SM_MODEL_DIR"])
    except Exception as error:
        return 500, "text/plain", str(error).encode()
    return handler.answer({"Content-Type": content_type, "Accept": accept}, body.encode())[:3]


def one(framework, index):
    """Both answers to one case, in a process of its own: modules are loaded once."""
    case = (TORCH_CASES if framework == "pytorch" else CASES)[index]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "module_of_case.py").write_text(MODULES[case[0]])
        os.environ.update(SM_MODEL_DIR=folder, SAGEMAKER_PROGRAM="module_of_case.py")
        sys.path.insert(0, folder)
        sys.path.append(str(OURS))
        first = theirs(framework, case)
        sys.modules.pop("module_of_case", None)
        sys.stdout = sys.stderr
        second = ours(framework, case)
        sys.stdout = sys.__stdout__

    def comparable(answer):
        status, told, body = answer
        # Of a failure its status and words; the traceback goes through other files.
        return [status, told if status == 200 else None, b" ".join(body.split(b"\nTraceback")[0].split()).hex() if status != 200 else body.hex()]

    print(json.dumps([comparable(first), comparable(second)]))


if len(sys.argv) > 1:
    one(sys.argv[1], int(sys.argv[2]))
    sys.exit(0)
if importlib.util.find_spec("sagemaker_inference") is None:
    print("AWS's inference toolkit is not on this machine (pip install sagemaker-inference)")
    sys.exit(77)
frameworks = {"python": CASES}
if importlib.util.find_spec("sagemaker_pytorch_serving_container") and importlib.util.find_spec("torch"):
    frameworks["pytorch"] = TORCH_CASES
differ = 0
for framework, cases in frameworks.items():
    for index, case in enumerate(cases):
        ran = subprocess.run([sys.executable, __file__, framework, str(index)], capture_output=True, text=True)
        assert ran.returncode == 0, (case, ran.stderr)
        first, second = json.loads(ran.stdout.splitlines()[-1])
        if first != second:
            differ += 1
            print(framework, case, *((status, told, bytes.fromhex(body)) for status, told, body in (first, second)), sep="\n  ")
print(f"{differ} of {sum(map(len, frameworks.values()))} requests are answered otherwise than by AWS's toolkits ({', '.join(frameworks)})")
sys.exit(1 if differ else 0)
