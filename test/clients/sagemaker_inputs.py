"""The SageMaker Python SDK (version 2), unmodified: Pipe mode with an augmented manifest in a job without a network, and instance groups with torch_distributed on one of them."""
import json
import tarfile
from pathlib import Path

from support.sdk2 import make_folder, make_role, open_session, sagemaker

import boto3
from sagemaker.estimator import Estimator
from sagemaker.inputs import ShuffleConfig, TrainingInput
from sagemaker.instance_group import InstanceGroup
from sagemaker.pytorch import PyTorch

PIPES = '''
import errno, json, os, pathlib, socket, struct
def records(path):
    with open(path, "rb") as pipe:
        while len(head := pipe.read(8)) == 8:
            magic, length = struct.unpack("<II", head)
            assert magic == 0xced7230a
            yield pipe.read(length).decode()
            pipe.read(-length % 4)
epochs = [list(records(f"/opt/ml/input/data/train_{epoch}")) for epoch in (0, 1)]
try:
    socket.create_connection(("198.51.100.1", 80), timeout=3)
    reached = "connected"
except OSError as error:
    reached = errno.errorcode.get(error.errno)
pathlib.Path(os.environ["SM_MODEL_DIR"], "seen.json").write_text(json.dumps({"epochs": epochs, "reached": reached, "keys": "AWS_ACCESS_KEY_ID" in os.environ}))
'''
GROUPS = '''
import json, os, pathlib
seen = {name: os.environ.get(name) for name in ("SM_CURRENT_INSTANCE_GROUP", "SM_CURRENT_INSTANCE_TYPE", "SM_CHANNEL_EXTRA", "RANK", "WORLD_SIZE", "SM_DISTRIBUTION_INSTANCE_GROUPS")}
pathlib.Path(os.environ["SM_MODEL_DIR"], os.environ["SM_CURRENT_HOST"] + ".json").write_text(json.dumps(seen))
'''

s3 = boto3.client("s3")
role = make_role()
bucket = "sagemaker-us-east-1-inputs"
session = open_session(bucket)
folder = make_folder({"pipes.py": PIPES, "groups.py": GROUPS})
image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.2-cpu-py310"


def artifact(estimator):
    where = estimator.model_data.removeprefix(f"s3://{bucket}/")
    file = folder / "model.tar.gz"
    s3.download_file(bucket, where, str(file))
    with tarfile.open(file) as archive:
        return {Path(member.name).name: json.load(archive.extractfile(member)) for member in archive.getmembers() if member.isfile()}


for number in range(4):
    s3.put_object(Bucket=bucket, Key=f"pictures/{number}.jpg", Body=f"picture {number}")
lines = [{"source-ref": f"s3://{bucket}/pictures/{number}.jpg", "label": number} for number in range(4)]
s3.put_object(Bucket=bucket, Key="train.manifest", Body="\n".join(map(json.dumps, lines)))
alone = Estimator(
    image_uri=image, role=role, instance_count=1, instance_type="ml.m5.large", sagemaker_session=session, entry_point="pipes.py", source_dir=str(folder),
    enable_network_isolation=True, output_path=f"s3://{bucket}/out", base_job_name="pipes", max_run=300,
)
alone.fit({"train": TrainingInput(
    f"s3://{bucket}/train.manifest", input_mode="Pipe", s3_data_type="AugmentedManifestFile", attribute_names=["source-ref", "label"], record_wrapping="RecordIO", shuffle_config=ShuffleConfig(7),
)}, logs=False)
seen = artifact(alone)["seen.json"]
assert (seen["reached"], seen["keys"]) == ("ENETUNREACH", False), seen
for epoch in seen["epochs"]:
    assert sorted(zip(epoch[::2], epoch[1::2])) == [(f"picture {number}", str(number)) for number in range(4)], seen
assert seen["epochs"][0] != seen["epochs"][1], seen

readers, learners = InstanceGroup("readers", "ml.m5.large", 1), InstanceGroup("learners", "ml.c5.xlarge", 2)
extra = "/opt/ml/input/data/extra"


def fit_groups(**hyperparameters):
    groups = PyTorch(
        image_uri=image, role=role, sagemaker_session=session, entry_point="groups.py", source_dir=str(folder), instance_groups=[readers, learners], hyperparameters=hyperparameters,
        distribution={"torch_distributed": {"enabled": True}, "instance_groups": [learners]}, output_path=f"s3://{bucket}/out", base_job_name="groups", max_run=300, debugger_hook_config=False, disable_profiler=True,
    )
    try:
        groups.fit({"train": f"s3://{bucket}/pictures/", "extra": TrainingInput(f"s3://{bucket}/pictures/", instance_groups=["learners"])}, logs=False)
    except Exception:
        print(session.sagemaker_client.describe_training_job(TrainingJobName=groups.latest_training_job.name).get("FailureReason"))
        raise
    return artifact(groups)


def learner(rank):
    return {"SM_CURRENT_INSTANCE_GROUP": "learners", "SM_CURRENT_INSTANCE_TYPE": "ml.c5.xlarge", "SM_CHANNEL_EXTRA": extra, "RANK": str(rank), "WORLD_SIZE": "2", "SM_DISTRIBUTION_INSTANCE_GROUPS": '["learners"]'}


reader = {"SM_CURRENT_INSTANCE_GROUP": "readers", "SM_CURRENT_INSTANCE_TYPE": "ml.m5.large", "SM_CHANNEL_EXTRA": None}
# The SDK asks for the group of a distribution, and does not send it for torch_distributed: the toolkit then makes each group one of its own.
hosts = fit_groups()
assert hosts == {"algo-1.json": {**reader, "RANK": "0", "WORLD_SIZE": "1", "SM_DISTRIBUTION_INSTANCE_GROUPS": '["readers"]'}, "algo-2.json": learner(0), "algo-3.json": learner(1)}, hosts
hosts = fit_groups(sagemaker_distribution_instance_groups=["learners"])
assert hosts == {"algo-1.json": {**reader, "RANK": None, "WORLD_SIZE": None, "SM_DISTRIBUTION_INSTANCE_GROUPS": '["learners"]'}, "algo-2.json": learner(0), "algo-3.json": learner(1)}, hosts
print("the SageMaker Python SDK", sagemaker.__version__, "used Pipe mode, augmented manifests, network isolation and instance groups")
