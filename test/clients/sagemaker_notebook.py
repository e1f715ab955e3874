"""A notebook's whole way with the SageMaker Python SDK (version 2), unmodified: a tuner over a PyTorch script, analytics, the best estimator, two
instances with torch_distributed, a PyTorchModel behind an endpoint that is asked with a picture and with JSON. What people's notebooks do."""
import json
import os
import subprocess
import sys

from support.sdk2 import make_folder, make_role, open_session, sagemaker

if subprocess.run(["/usr/bin/python3", "-c", "import torch"], capture_output=True).returncode != 0:
    print("PyTorch is not in /usr/bin/python3, which runs the scripts (apt-get install python3-torch)")
    sys.exit(77)

from sagemaker.analytics import HyperparameterTuningJobAnalytics
from sagemaker.deserializers import JSONDeserializer
from sagemaker.predictor import Predictor
from sagemaker.pytorch import PyTorch, PyTorchModel
from sagemaker.serializers import IdentitySerializer, JSONSerializer
from sagemaker.tuner import CategoricalParameter, ContinuousParameter, HyperparameterTuner

TRAIN = '''
import argparse, os, torch
import torch.distributed as dist

def main(args):
    distributed = "WORLD_SIZE" in os.environ
    if distributed:
        dist.init_process_group("gloo")
    torch.manual_seed(0)
    x = torch.randn(128, 4)
    y = (x.sum(1) > 0).long()
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.learning_rate)
    net = torch.nn.parallel.DistributedDataParallel(model) if distributed else model
    for epoch in range(args.epochs):
        for batch in torch.arange(128).split(args.batch_size):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
            optimizer.step()
        print("Testing Loss: {:.6f}".format(torch.nn.functional.cross_entropy(model(x), y).item()), flush=True)
    if not distributed or dist.get_rank() == 0:
        torch.save(model.state_dict(), os.path.join(args.model_dir, "model.pth"))

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--learning_rate", type=float, default=0.1)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--data", default=os.environ["SM_CHANNEL_TRAINING"])
    parser.add_argument("--model_dir", default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--output_dir", default=os.environ["SM_OUTPUT_DATA_DIR"])
    main(parser.parse_args())
'''
INFERENCE = '''
import json, os, torch

def model_fn(model_dir):
    model = torch.nn.Linear(4, 2)
    model.load_state_dict(torch.load(os.path.join(model_dir, "model.pth")))
    return model.eval()

def input_fn(body, content_type):
    if content_type == "image/jpeg":
        return torch.tensor([[float(byte) / 255 for byte in body[:4]]])
    if content_type == "application/json":
        return torch.tensor([json.loads(body)["values"]], dtype=torch.float32)
    raise ValueError(content_type)

def predict_fn(data, model):
    with torch.no_grad():
        return model(data)
'''

role = make_role()
bucket = "sagemaker-us-east-1-notebook"
# Named here, for otherwise the SDK asks AWS's own STS who it is, whatever AWS_ENDPOINT_URL says.
session = open_session(bucket)
folder = make_folder({"hpo.py": TRAIN, "inference.py": INFERENCE, "numbers.txt": "1 2 3"})
os.chdir(folder)
inputs = session.upload_data("numbers.txt", key_prefix="data")

common = dict(role=role, instance_type="ml.m5.large", framework_version="2.1.0", py_version="py310", sagemaker_session=session, base_job_name="dogs")
estimator = PyTorch(entry_point="hpo.py", instance_count=1, metric_definitions=[{"Name": "Test Loss", "Regex": "Testing Loss: ([0-9\\.]+)"}], **common)
tuner = HyperparameterTuner(
    estimator, "Test Loss", {"learning_rate": ContinuousParameter(0.001, 0.1), "batch_size": CategoricalParameter([32, 64])},
    metric_definitions=[{"Name": "Test Loss", "Regex": "Testing Loss: ([0-9\\.]+)"}], objective_type="Minimize", max_jobs=4, max_parallel_jobs=2,
)
tuner.fit({"training": inputs}, wait=True)
frame = HyperparameterTuningJobAnalytics(tuner.latest_tuning_job.name, sagemaker_session=session).dataframe()
assert len(frame) == 4 and set(frame["TrainingJobStatus"]) == {"Completed"}, frame
assert {"learning_rate", "batch_size", "FinalObjectiveValue"} <= set(frame.columns), frame.columns
best_name = frame.sort_values("FinalObjectiveValue").iloc[0]["TrainingJobName"]
assert tuner.best_training_job() == best_name
best = tuner.best_estimator()
assert best.latest_training_job.name == best_name
found = best.hyperparameters()
assert json.loads(found["batch_size"]) in ("32", "64", 32, 64) and float(json.loads(found["learning_rate"])) <= 0.1, found
again = HyperparameterTuner.attach(tuner.latest_tuning_job.name, sagemaker_session=session)
assert again.best_training_job() == best_name
attached = PyTorch.attach(best_name, sagemaker_session=session)

# The field's second step: the best hyperparameters again, on two instances. The SDK itself admits torch_distributed on GPU types alone.
two = PyTorch(entry_point="hpo.py", instance_count=2, hyperparameters={"learning_rate": 0.05, "batch_size": 32, "epochs": 3},
              distribution={"torch_distributed": {"enabled": True}}, metric_definitions=[{"Name": "Test Loss", "Regex": "Testing Loss: ([0-9\\.]+)"}], **{**common, "instance_type": "ml.p3.2xlarge"})
two.fit({"training": inputs}, logs="All")
job = two.latest_training_job.describe()
assert job["TrainingJobStatus"] == "Completed" and job["ResourceConfig"]["InstanceCount"] == 2, job

model = PyTorchModel(model_data=two.model_data, role=role, entry_point="inference.py", framework_version="2.1.0", py_version="py310", sagemaker_session=session)
predictor = model.deploy(initial_instance_count=1, instance_type="ml.m5.large", serializer=IdentitySerializer("image/jpeg"), deserializer=JSONDeserializer())
answer = predictor.predict(bytes([255, 216, 255, 224]) + bytes(100))
assert len(answer) == 1 and len(answer[0]) == 2, answer
by_json = Predictor(predictor.endpoint_name, sagemaker_session=session, serializer=JSONSerializer(), deserializer=JSONDeserializer())
up, down = by_json.predict({"values": [1, 1, 1, 1]})[0], by_json.predict({"values": [-1, -1, -1, -1]})[0]
assert up[1] > up[0] and down[0] > down[1], (up, down)
# And by the estimator itself, as most notebooks do.
direct = attached.deploy(initial_instance_count=1, instance_type="ml.m5.large", entry_point="inference.py", source_dir=str(folder), serializer=JSONSerializer(), deserializer=JSONDeserializer())
assert len(direct.predict({"values": [1, 1, 1, 1]})[0]) == 2
for each in (predictor, direct):
    each.delete_model()
    each.delete_endpoint()
print("the SageMaker Python SDK", sagemaker.__version__, "tuned, trained on two instances, deployed and predicted")
