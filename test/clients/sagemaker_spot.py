"""The SageMaker Python SDK (version 2), unmodified: a spot job is interrupted and goes on from its checkpoint, is judged by rules, leaves a profiler report, and is found by a search."""
import contextlib
import io
import json
import time
import urllib.request

from support.sdk2 import make_folder, make_role, open_session, sagemaker

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from sagemaker.debugger import ProfilerConfig, ProfilerRule, rule_configs
from sagemaker.estimator import Estimator

TRAIN = '''
import os, pathlib, signal, sys, time
checkpoint = pathlib.Path("/opt/ml/checkpoints/epoch.txt")
if checkpoint.exists():
    print("loss: 0.125;", "from", checkpoint.read_text())
    time.sleep(2)
    (pathlib.Path(os.environ["SM_MODEL_DIR"]) / "done").write_text("")
    sys.exit(0)
def leave(*_):
    checkpoint.write_text("epoch 7")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("waiting")
while True:
    time.sleep(1)
'''

role = make_role()
bucket = "sagemaker-us-east-1-spot"
s3 = boto3.client("s3")
session = open_session(bucket)
folder = make_folder({"train.py": TRAIN})

estimator = Estimator(
    image_uri="000000000000.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.2-cpu-py310", role=role, instance_count=1, instance_type="ml.m5.large",
    sagemaker_session=session, source_dir=str(folder), entry_point="train.py", base_job_name="spot", output_path=f"s3://{bucket}/out",
    metric_definitions=[{"Name": "loss", "Regex": "loss: ([0-9.]+);"}], tags=[{"Key": "project", "Value": "dogs"}],
    use_spot_instances=True, max_run=300, max_wait=600, checkpoint_s3_uri=f"s3://{bucket}/checkpoints", max_retry_attempts=2,
    profiler_config=ProfilerConfig(system_monitor_interval_millis=1000), rules=[ProfilerRule.sagemaker(rule_configs.ProfilerReport())],
)
estimator.fit(wait=False)
name = estimator.latest_training_job.name
client = session.sagemaker_client


def wait_for(status):
    for _ in range(600):
        found = client.describe_training_job(TrainingJobName=name)["SecondaryStatus"]
        if found == status:
            return
        time.sleep(0.1)
    raise AssertionError(f"{name} is {found}, never {status}")


wait_for("Training")
time.sleep(2)
# What `sagebrush interrupt` sends; AWS has no such operation.
request = AWSRequest("POST", client.meta.endpoint_url + "/_sagebrush/interrupt-training-job", data=json.dumps({"TrainingJobName": name}), headers={"content-type": "application/x-amz-json-1.1"})
SigV4Auth(boto3.Session().get_credentials(), "sagemaker", "us-east-1").add_auth(request)
urllib.request.urlopen(urllib.request.Request(request.url, data=request.data.encode(), headers=dict(request.headers), method="POST")).read()
wait_for("Interrupted")

said = io.StringIO()
with contextlib.redirect_stdout(said):
    estimator.latest_training_job.wait(logs="All")
job = estimator.latest_training_job.describe()
assert job["TrainingJobStatus"] == "Completed", job
assert [step["Status"] for step in job["SecondaryStatusTransitions"]].count("Training") == 2, job["SecondaryStatusTransitions"]
assert "Managed Spot Training savings: " in said.getvalue(), said.getvalue()
assert "from epoch 7" in said.getvalue(), said.getvalue()
assert job["RetryStrategy"] == {"MaximumRetryAttempts": 2} and job["StoppingCondition"]["MaxWaitTimeInSeconds"] == 600

summary = estimator.latest_training_job.rule_job_summary()
assert [rule["RuleEvaluationStatus"] for rule in summary] == ["NoIssuesFound"], summary
report = f"out/{name}/rule-output/{summary[0]['RuleConfigurationName']}/profiler-output/profiler-report.html"
assert b"<h2>The machines</h2>" in s3.get_object(Bucket=bucket, Key=report)["Body"].read()
metrics = s3.list_objects_v2(Bucket=bucket, Prefix=f"out/{name}/profiler-output/system/incremental/")["Contents"]
assert metrics[0]["Key"].endswith(".algo-1.json"), metrics

found = client.search(Resource="TrainingJob", SearchExpression={"Filters": [{"Name": "Tags.project", "Value": "dogs"}, {"Name": "Metrics.loss", "Operator": "LessThan", "Value": "0.2"}]}, SortBy="CreationTime")["Results"]
assert [each["TrainingJob"]["TrainingJobName"] for each in found] == [name], found
print("the SageMaker Python SDK", sagemaker.__version__, "saw a spot job through:", said.getvalue().strip().splitlines()[-1])
