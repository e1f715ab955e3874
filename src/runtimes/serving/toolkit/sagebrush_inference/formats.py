"""What the toolkits read and write without a function of the user's: JSON, CSV, npy and npz. NumPy is loaded when it is needed."""
import io
import json

JSON = "application/json"
CSV = "text/csv"
NPY = "application/x-npy"
NPZ = "application/x-npz"
TEXTS = (JSON, CSV)


class UnsupportedFormatError(Exception):
    """The sentence is the toolkit's."""

    def __init__(self, content_type):
        super().__init__(
            f"Content type {content_type} is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "serialize the response. For more information, see the SageMaker Python SDK README."
        )


def _numpy():
    import numpy

    return numpy


def _read_npz(data):
    import scipy.sparse

    return scipy.sparse.load_npz(io.BytesIO(data))


READERS = {
    JSON: lambda text: _numpy().array(json.loads(text)),
    CSV: lambda text: _numpy().genfromtxt(io.StringIO(text), dtype=None, delimiter=","),
    NPY: lambda data: _numpy().load(io.BytesIO(data), allow_pickle=True),
    NPZ: _read_npz,
}


def decode(data, content_type):
    """An array of a request's body."""
    if content_type not in READERS:
        raise UnsupportedFormatError(content_type)
    return READERS[content_type](data)


def _plain(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _npy(value):
    stream = io.BytesIO()
    _numpy().save(stream, value)
    return stream.getvalue()


def _csv(value):
    stream = io.StringIO()
    _numpy().savetxt(stream, value, delimiter=",", fmt="%s")
    return stream.getvalue()


WRITERS = {JSON: lambda value: json.dumps(value, default=_plain), CSV: _csv, NPY: _npy}


def encode(value, content_type):
    """A prediction as text or bytes of this type."""
    if content_type not in WRITERS:
        raise UnsupportedFormatError(content_type)
    return WRITERS[content_type](value)


def first_writable(accept):
    """The first of the accepted types that can be written."""
    for content_type in accept.replace(" ", "").split(","):
        if content_type in WRITERS:
            return content_type
    raise UnsupportedFormatError(accept)
