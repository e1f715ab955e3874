"""encode(value, content_type) gives text or bytes."""
from sagebrush_inference.formats import WRITERS, encode

SUPPORTED_CONTENT_TYPES = set(WRITERS)

__all__ = ["SUPPORTED_CONTENT_TYPES", "encode"]
