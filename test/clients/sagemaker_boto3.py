"""SageMaker through boto3: a script job, out of memory and enough of it, image-classification, an endpoint and its answer."""
import io
import json
import os
import tarfile
import time
from pathlib import Path

import boto3
from botocore.exceptions import ClientError, WaiterError

s3, iam, sagemaker, runtime, logs = (boto3.client(name) for name in ("s3", "iam", "sagemaker", "sagemaker-runtime", "logs"))
BUCKET = "sagemaker-boto3"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "dog-breeds" / "data"
BREEDS = ["pug", "samoyed", "saint_bernard"]
PER_BREED, VALIDATION = 13, 3
IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
GIB = 1024 ** 3


def say(*words):
    print(*words, flush=True)


def source(name, script):
    """Uploads a script as the toolkit's archive; gives its address."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo("train.py")
        member.size = len(script.encode())
        archive.addfile(member, io.BytesIO(script.encode()))
    s3.put_object(Bucket=BUCKET, Key="source/%s.tar.gz" % name, Body=data.getvalue())
    return "s3://%s/source/%s.tar.gz" % (BUCKET, name)


def channel(name, prefix, **more):
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://%s/%s" % (BUCKET, prefix), "S3DataDistributionType": "FullyReplicated"}}, **more}


def train(name, image, instance, hyperparameters, channels=(), **algorithm):
    """Runs a job to its end by the waiter; gives its description."""
    started = time.time()
    sagemaker.create_training_job(
        TrainingJobName=name, RoleArn=ROLE, HyperParameters=hyperparameters,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File", **algorithm},
        OutputDataConfig={"S3OutputPath": "s3://%s/output" % BUCKET},
        ResourceConfig={"InstanceType": instance, "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 240}, **({"InputDataConfig": list(channels)} if channels else {}))
    try:
        sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 240})
    except WaiterError as error:
        assert error.last_response["TrainingJobStatus"] == "Failed", error
    job = sagemaker.describe_training_job(TrainingJobName=name)
    say("%s on %s: %s after %.1f s%s" % (name, instance, job["TrainingJobStatus"], time.time() - started, ", " + job["FailureReason"] if "FailureReason" in job else ""))
    return job


def script_job(name, script, instance):
    return train(name, "pytorch-training:2", instance, {"sagemaker_program": json.dumps("train.py"), "sagemaker_submit_directory": json.dumps(source(name, script)), "learning-rate": "0.1"},
                 [channel("training", "data/")], MetricDefinitions=[{"Name": "loss", "Regex": "loss: ([0-9.]+)"}])


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise SystemExit("%s was expected" % code)


# Bucket, data, role.
s3.create_bucket(Bucket=BUCKET)
s3.get_waiter("bucket_exists").wait(Bucket=BUCKET, WaiterConfig={"Delay": 1})
s3.put_object(Bucket=BUCKET, Key="data/rows.csv", Body=b"1,2\n3,4\n")
ROLE = iam.create_role(RoleName="sagemaker-boto3", AssumeRolePolicyDocument=json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
iam.put_role_policy(RoleName="sagemaker-boto3", PolicyName="work", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::" + BUCKET, "arn:aws:s3:::%s/*" % BUCKET]},
    {"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], "Resource": "*"}]}))

# A script job: arguments, channel, metric, artifact, log.
job = script_job("script", """
import argparse, os
arguments = argparse.ArgumentParser()
arguments.add_argument("--learning-rate", type=float)
rate = arguments.parse_args().learning_rate
rows = open(os.path.join(os.environ["SM_CHANNEL_TRAINING"], "rows.csv")).read()
print("rows", len(rows.splitlines()), "rate", rate)
print("loss: 0.25")
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write(rows)
""", "ml.m5.large")
assert job["TrainingJobStatus"] == "Completed" and job["SecondaryStatus"] == "Completed", job
assert [each["Status"] for each in job["SecondaryStatusTransitions"]] == ["Starting", "Downloading", "Training", "Uploading", "Completed"], job
assert [(each["MetricName"], round(each["Value"], 3)) for each in job["FinalMetricDataList"]] == [("loss", 0.25)], job
assert job["BillableTimeInSeconds"] >= 1, job
artifact = job["ModelArtifacts"]["S3ModelArtifacts"]
assert artifact == "s3://%s/output/script/output/model.tar.gz" % BUCKET, artifact
with tarfile.open(fileobj=io.BytesIO(s3.get_object(Bucket=BUCKET, Key="output/script/output/model.tar.gz")["Body"].read())) as archive:
    assert archive.extractfile("model.txt").read() == b"1,2\n3,4\n"
lines = [event["message"] for page in logs.get_paginator("filter_log_events").paginate(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="script/") for event in page["events"]]
assert any(line == "rows 2 rate 0.1" for line in lines), lines
assert refused("ResourceInUse", sagemaker.create_training_job, **{key: job[key] for key in ("TrainingJobName", "RoleArn", "AlgorithmSpecification", "OutputDataConfig", "ResourceConfig", "StoppingCondition")})

# The same script needs 5 GiB: too much for a ml.t3.medium (4 GiB), not for a ml.m5.xlarge (16 GiB).
HUNGRY = """
import time
hoard = []
for _ in range(%d):
    hoard.append(bytearray(b"\\1") * (64 * 1024 * 1024))
print("has it", flush=True)
""" % (5 * GIB // (64 * 1024 * 1024))
job = script_job("hungry-small", HUNGRY, "ml.t3.medium")
assert job["TrainingJobStatus"] == "Failed", job
assert job["FailureReason"].startswith("ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance."), job["FailureReason"]
job = script_job("hungry-large", HUNGRY, "ml.m5.xlarge")
assert job["TrainingJobStatus"] == "Completed", job

# The built-in algorithm on 39 pictures of three breeds.
lists = {"train": [], "validation": []}
for label, breed in enumerate(BREEDS):
    for index, picture in enumerate(sorted((EXAMPLE / breed).glob("*.jpg"))[:PER_BREED]):
        part = "validation" if index >= PER_BREED - VALIDATION else "train"
        s3.upload_file(str(picture), BUCKET, "%s/%s/%s" % (part, breed, picture.name))
        lists[part].append("%d\t%d\t%s/%s" % (len(lists[part]), label, breed, picture.name))
for part, lines in lists.items():
    s3.put_object(Bucket=BUCKET, Key="lists/%s/%s.lst" % (part, part), Body="\n".join(lines) + "\n")
job = train("dogs", IMAGE, "ml.m5.xlarge", {
    "num_classes": str(len(BREEDS)), "num_training_samples": str(len(lists["train"])), "epochs": "20", "mini_batch_size": "10", "use_pretrained_model": "1", "learning_rate": "0.1",
}, [channel(name, prefix, ContentType="application/x-image") for name, prefix in (
    ("train", "train/"), ("validation", "validation/"), ("train_lst", "lists/train/"), ("validation_lst", "lists/validation/"))])
assert job["TrainingJobStatus"] == "Completed", job
metrics = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
say("metrics", metrics)
assert 0 <= metrics["validation:accuracy"] <= 1 and metrics["train:accuracy"] > 1 / len(BREEDS), metrics

# Model, endpoint, answer.
sagemaker.create_model(ModelName="dogs", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}, Tags=[{"Key": "team", "Value": "dogs"}])
sagemaker.create_endpoint_config(EndpointConfigName="dogs", ProductionVariants=[{"VariantName": "all", "ModelName": "dogs", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "InitialVariantWeight": 1}])
arn = sagemaker.create_endpoint(EndpointName="dogs", EndpointConfigName="dogs")["EndpointArn"]
assert sagemaker.describe_endpoint(EndpointName="dogs")["EndpointStatus"] == "Creating"
started = time.time()
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="dogs", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
say("endpoint in service after %.1f s" % (time.time() - started))
unseen = sorted((EXAMPLE / "pug").glob("*.jpg"))[PER_BREED]
answer = runtime.invoke_endpoint(EndpointName="dogs", ContentType="application/x-image", Body=unseen.read_bytes())
probabilities = json.loads(answer["Body"].read())
say("an unseen pug:", dict(zip(BREEDS, (round(each, 3) for each in probabilities))))
assert answer["InvokedProductionVariant"] == "all" and len(probabilities) == len(BREEDS) and abs(sum(probabilities) - 1) < 1e-3, (answer, probabilities)
message = refused("ModelError", runtime.invoke_endpoint, EndpointName="dogs", ContentType="application/x-image", Body=b"no picture")
say("no picture:", message[:160])

# Paginators, tags, deletion.
assert sagemaker.list_tags(ResourceArn=sagemaker.describe_model(ModelName="dogs")["ModelArn"])["Tags"] == [{"Key": "team", "Value": "dogs"}]
names = [each["TrainingJobName"] for page in sagemaker.get_paginator("list_training_jobs").paginate(SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 1}) for each in page["TrainingJobSummaries"]]
assert names == ["dogs", "hungry-large", "hungry-small", "script"], names
for operation, key, name in (("list_models", "Models", "ModelName"), ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"), ("list_endpoints", "Endpoints", "EndpointName")):
    assert [each[name] for page in sagemaker.get_paginator(operation).paginate() for each in page[key]] == ["dogs"], operation
sagemaker.delete_endpoint(EndpointName="dogs")
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="dogs", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
assert "dogs" in refused("ValidationError", runtime.invoke_endpoint, EndpointName="dogs", Body=b"x")
sagemaker.delete_endpoint_config(EndpointConfigName="dogs")
sagemaker.delete_model(ModelName="dogs")
assert "dogs" in refused("ValidationException", sagemaker.describe_model, ModelName="dogs")
say("everything deleted")
