"""Names of the types."""
from sagebrush_inference.formats import CSV, JSON, NPY, NPZ, TEXTS

OCTET_STREAM = "application/octet-stream"
ANY = "*/*"
UTF8_TYPES = list(TEXTS)

__all__ = ["ANY", "CSV", "JSON", "NPY", "NPZ", "OCTET_STREAM", "UTF8_TYPES"]
