"""Writes what AWS's own training toolkit makes of a job's configuration files: its variables and its script's arguments.

    python3 -m venv venv && venv/bin/pip install boto3 six && venv/bin/pip download --no-deps --no-binary :all: sagemaker-training==5.1.4
    tar xzf sagemaker_training-5.1.4.tar.gz
    PYTHONPATH=sagemaker_training-5.1.4/src venv/bin/python scripts/toolkit-goldens/training.py

The class is the toolkit's, unchanged. The sdist is unpacked instead of installed, for it compiles a library that nothing here needs. What it would ask the host (CPUs and GPUs)
is given by the case, and so is the folder that is /opt/ml, which the goldens name as AWS does.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

GOLDENS = pathlib.Path(__file__).parents[2] / "test" / "goldens" / "training-toolkit"


def one(case, base):
    """In a process of its own: the toolkit reads its base folder when it is imported."""
    config = pathlib.Path(base) / "input" / "config"
    config.mkdir(parents=True)
    for name, content in case["config"].items():
        (config / f"{name}.json").write_text(json.dumps(content))
    os.environ["SAGEMAKER_BASE_DIR"] = base
    os.environ["TRAINING_JOB_NAME"] = case["jobName"]
    from sagemaker_training import environment

    environment.num_cpus = lambda: case["cpus"]
    environment.num_gpus = lambda: case["gpus"]
    made = environment.Environment()
    text = json.dumps({"variables": made.to_env_vars(), "arguments": made.to_cmd_args()})
    return json.loads(text.replace(base, "/opt/ml"))


def main():
    if len(sys.argv) > 1:
        return print(json.dumps(one(json.loads(sys.argv[1]), sys.argv[2])))
    goldens = {}
    for case in json.loads((GOLDENS / "cases.json").read_text()):
        with tempfile.TemporaryDirectory() as base:
            said = subprocess.run([sys.executable, __file__, json.dumps(case), base], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        goldens[case["name"]] = json.loads(said.stdout)
    (GOLDENS / "goldens.json").write_text(json.dumps(goldens, indent=1, sort_keys=True) + "\n")


main()
