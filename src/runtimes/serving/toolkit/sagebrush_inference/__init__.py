"""The contract of sagemaker-inference and sagemaker-pytorch-inference (PyPI, 1.10.1 and 2.0.25), without their model server."""
