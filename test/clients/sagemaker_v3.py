"""The SageMaker Python SDK's version 3, unmodified: ModelTrainer trains a script on one instance and on two by torchrun, with data, hyperparameters and metrics."""
import json
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")
try:
    from sagemaker.train import ModelTrainer
except ImportError:
    print("the SageMaker Python SDK 3 is not on this machine (pip install 'sagemaker>=3')")
    sys.exit(77)
if subprocess.run(["/usr/bin/python3", "-c", "import torch"], capture_output=True).returncode != 0:
    print("PyTorch is not in /usr/bin/python3, which runs the scripts (apt-get install python3-torch)")
    sys.exit(77)

import boto3
from sagemaker.core.helper.iam_role_resolver import RoleValidationError
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.shapes import MetricDefinition
from sagemaker.core.utils.exceptions import FailedStatusError
from sagemaker.train.configs import Compute, InputData, OutputDataConfig, SourceCode
from sagemaker.train.distributed import Torchrun

TRAIN = '''
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--label")
given = parser.parse_args()
assert (given.rate, given.label) == (0.5, "two words"), given
hosts = 1
if "WORLD_SIZE" in os.environ and int(os.environ["WORLD_SIZE"]) > 1:
    import torch, torch.distributed as dist
    dist.init_process_group("gloo")
    total = torch.ones(1)
    dist.all_reduce(total)
    hosts = int(total.item())
data = (pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]) / "numbers.txt").read_text()
print(f"hosts={hosts}; of {data}; mode={os.environ['MODE']}", flush=True)
if os.environ["SM_CURRENT_HOST"] == "algo-1":
    pathlib.Path(os.environ["SM_MODEL_DIR"], "answer.txt").write_text(data)
'''
FAILS = "raise ValueError('the data is bad')\n"

iam = boto3.client("iam")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="SageMakerRole", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
iam.attach_role_policy(RoleName="SageMakerRole", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
bucket = "sagemaker-us-east-1-three"
boto3.client("s3").create_bucket(Bucket=bucket)
session = Session(boto3.Session(), default_bucket=bucket)
folder = Path(tempfile.mkdtemp(dir=os.environ.get("WORK_FOLDER")))
(folder / "source").mkdir()
(folder / "source" / "train.py").write_text(TRAIN)
(folder / "source" / "fails.py").write_text(FAILS)
(folder / "data").mkdir()
(folder / "data" / "numbers.txt").write_text("1 2 3")


def train(name, script, instances, distributed=None, role=role):
    trainer = ModelTrainer(
        training_image="763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.1.0-cpu-py310", role=role, sagemaker_session=session, base_job_name=name,
        source_code=SourceCode(source_dir=str(folder / "source"), entry_script=script), distributed=distributed, compute=Compute(instance_type="ml.m5.large", instance_count=instances),
        hyperparameters={"rate": 0.5, "label": "two words"}, environment={"MODE": "fast"}, output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/out"),
    ).with_metric_definitions([MetricDefinition(name="hosts", regex="hosts=([0-9]+);")])
    trainer.train(input_data_config=[InputData(channel_name="train", data_source=str(folder / "data"))], wait=True, logs=True)
    return boto3.client("sagemaker").describe_training_job(TrainingJobName=trainer._latest_training_job.training_job_name)


for instances, distributed in ((1, None), (2, Torchrun())):
    job = train(f"on-{instances}", "train.py", instances, distributed)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert [(metric["MetricName"], metric["Value"]) for metric in job["FinalMetricDataList"]] == [("hosts", instances)], job["FinalMetricDataList"]
try:
    train("fails", "fails.py", 1)
    raise AssertionError("a script that raises fails its job")
except FailedStatusError as error:
    # The SDK's own driver keeps the script's words for the log and tells its own traceback.
    assert "Command '['/usr/bin/python3', 'fails.py', '--rate', '0.5', '--label', 'two words']' returned non-zero exit status 1" in str(error), error
lines = [event["message"] for event in boto3.client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="fails")["events"]]
assert any("ValueError: the data is bad" in line for line in lines), lines
# ModelTrainer asks IAM whether the role may do what it needs, before it starts anything.
iam.create_role(RoleName="Powerless", AssumeRolePolicyDocument=json.dumps(trust))
try:
    train("never", "train.py", 1, role="Powerless")
    raise AssertionError("a role without permissions is refused")
except RoleValidationError as error:
    assert "Powerless" in str(error), error
print("ModelTrainer trained on one instance and on two; a script that fails and a role that may nothing are told")
