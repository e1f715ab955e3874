"""What stands for the functions that the user's module does not have, and how failures are told, by framework."""
import json
import os

from . import formats


class Plain:
    """sagemaker-inference: default_inference_handler.py."""

    def model_fn(self, model_dir):
        raise NotImplementedError("Please provide a model_fn implementation.\nSee documentation for model_fn at https://sagemaker.readthedocs.io/en/stable/")

    def input_fn(self, data, content_type):
        return formats.decode(data, content_type)

    def predict_fn(self, data, model):
        raise NotImplementedError("Please provide a predict_fn implementation.\nSee documentation for predict_fn at https://sagemaker.readthedocs.io/en/stable/")

    def output_fn(self, prediction, accept):
        content_type = formats.first_writable(accept)
        return formats.encode(prediction, content_type), content_type

    def failed(self, error, trace, step):
        """(status, type, text) of an error in input_fn, predict_fn, output_fn or transform_fn."""
        # The user chooses them by the toolkit's own error, wherever its class comes from.
        if any(base.__name__ == "BaseInferenceToolkitError" for base in type(error).__mro__):
            return error.status_code, "text/plain", f"{error.message}\n{trace}"
        return 500, "text/plain", f"{error}\n{trace}"


class ScikitLearn(Plain):
    """sagemaker-scikit-learn-container: serving.py, on transformer.py of sagemaker-containers."""

    def input_fn(self, data, content_type):
        array = formats.decode(data, content_type)
        return array.astype("float32") if content_type in formats.TEXTS else array

    def predict_fn(self, data, model):
        return model.predict(data)

    def output_fn(self, prediction, accept):
        return formats.encode(prediction, accept), accept

    def failed(self, error, trace, step):
        status = {"input_fn": 415, "output_fn": 406}.get(step)
        if status is None or type(error).__name__ != "UnsupportedFormatError":
            return super().failed(error, trace, step)
        return status, formats.JSON, json.dumps({"error": type(error).__name__, "error-message": str(error), "stack-trace": trace})


class PyTorch(Plain):
    """sagemaker-pytorch-inference: default_pytorch_inference_handler.py, on the CPU."""

    def model_fn(self, model_dir):
        import torch

        path = os.path.join(model_dir, "model.pt")
        if not os.path.exists(path):
            found = [name for name in os.listdir(model_dir) if os.path.splitext(name)[1] in (".pt", ".pth")]
            if len(found) != 1:
                raise ValueError(f"Exactly one .pth or .pt file is required for PyTorch models: {found}")
            path = os.path.join(model_dir, found[0])
        try:
            return torch.jit.load(path, map_location="cpu")
        except RuntimeError as error:
            raise RuntimeError(f"Failed to load {path}. Please ensure model is saved using torchscript.") from error

    def input_fn(self, data, content_type):
        import torch

        array = formats.decode(data, content_type)
        return torch.FloatTensor(array) if content_type in formats.TEXTS else torch.from_numpy(array)

    def predict_fn(self, data, model):
        import torch

        with torch.no_grad():
            model.eval()
            return model(data)

    def output_fn(self, prediction, accept):
        if type(prediction).__name__ == "Tensor":
            prediction = prediction.detach().cpu().numpy().tolist()
        return formats.encode(prediction, formats.first_writable(accept))


BY_FRAMEWORK = {"pytorch": PyTorch, "scikit-learn": ScikitLearn, "python": Plain}
