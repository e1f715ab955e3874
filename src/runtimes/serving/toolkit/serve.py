"""Serves /opt/ml/model by the functions of the user's module, as AWS's inference toolkits do: python serve.py FRAMEWORK."""
import sys

# Behind the user's own folders: none of our names may hide one of theirs.
sys.path.append(sys.path.pop(0))

from sagebrush_inference.front import serve  # noqa: E402
from sagebrush_inference.worker import work  # noqa: E402

if __name__ == "__main__":
    framework, *rest = sys.argv[1:]
    if rest[:1] == ["--worker"]:
        work(framework, int(rest[1]))
    else:
        serve(framework)
