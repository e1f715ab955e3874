"""What stands for the functions that the user's module does not have, by framework."""
import os

from . import formats


class Plain:
    """sagemaker-inference: default_inference_handler.py."""

    # What an unreadable type answers.
    unsupported_status = 500

    def model_fn(self, model_dir):
        raise NotImplementedError("Please provide a model_fn implementation.\nSee documentation for model_fn at https://sagemaker.readthedocs.io/en/stable/")

    def input_fn(self, data, content_type):
        return formats.decode(data, content_type)

    def predict_fn(self, data, model):
        raise NotImplementedError("Please provide a predict_fn implementation.\nSee documentation for predict_fn at https://sagemaker.readthedocs.io/en/stable/")

    def output_fn(self, prediction, accept):
        return formats.encode(prediction, accept)


class ScikitLearn(Plain):
    """sagemaker-scikit-learn-container: serving.py."""

    unsupported_status = 415

    def predict_fn(self, data, model):
        return model.predict(data)


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
        if hasattr(prediction, "detach"):
            prediction = prediction.detach().cpu().numpy().tolist()
        return formats.encode(prediction, accept)


BY_FRAMEWORK = {"pytorch": PyTorch, "scikit-learn": ScikitLearn, "python": Plain}
