"""decode(data, content_type) gives an array."""
from sagebrush_inference.formats import decode

__all__ = ["decode"]
