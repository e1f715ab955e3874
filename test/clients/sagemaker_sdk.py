"""The SageMaker Python SDK (version 2), unmodified: a script Estimator trains, its artifact is deployed and asked, and all is taken down."""
from support.sdk2 import make_folder, make_role, open_session, sagemaker

from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import JSONSerializer

TRAIN = '''
import argparse, json, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--label")
given = parser.parse_args()
print("loss: 0.25;")
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "answer.json").write_text(json.dumps({
    "data": (pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]) / "numbers.txt").read_text(), "rate": given.rate, "label": given.label, "mode": os.environ["MODE"],
}))
(model / "code").mkdir(exist_ok=True)
(model / "code" / "serve.py").write_text(pathlib.Path("serve.py").read_text())
'''
SERVE = '''
import json, os, pathlib
from http.server import BaseHTTPRequestHandler, HTTPServer
answer = json.loads((pathlib.Path(__file__).parent.parent / "answer.json").read_text())

class Handler(BaseHTTPRequestHandler):
    def reply(self, body):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(b"")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.reply(json.dumps({**answer, "asked": asked}).encode())

HTTPServer((os.environ["SAGEMAKER_BIND_ADDRESS"], int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
'''

role = make_role()

# Named here, for otherwise the SDK asks AWS's own STS who it is, whatever AWS_ENDPOINT_URL says. The role's managed policy
# may use buckets whose names say sagemaker.
bucket = "sagemaker-us-east-1-sdk"
session = open_session(bucket)
folder = make_folder({"numbers.txt": "1 2 3"})
(folder / "source").mkdir()
(folder / "source" / "train.py").write_text(TRAIN)
(folder / "source" / "serve.py").write_text(SERVE)
data = session.upload_data(str(folder / "numbers.txt"), key_prefix="numbers")

# What fit() sends by itself: DebugHookConfig with an S3OutputPath, ProfilerConfig, sagemaker_* hyperparameters in JSON's quotes.
estimator = Estimator(
    image_uri="000000000000.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.2-cpu-py310", role=role, instance_count=1, instance_type="ml.m5.large",
    sagemaker_session=session, source_dir=str(folder / "source"), entry_point="train.py", base_job_name="sdk",
    hyperparameters={"rate": 0.1, "label": "a word"}, environment={"MODE": "sdk"}, tags=[{"Key": "project", "Value": "dogs"}],
    metric_definitions=[{"Name": "loss", "Regex": "loss: ([0-9.]+);"}], max_run=300, output_path=f"s3://{bucket}/out",
)
estimator.fit({"train": TrainingInput(data, content_type="text/plain")}, logs="All")
job = estimator.latest_training_job.describe()
assert job["TrainingJobStatus"] == "Completed", job
assert estimator.model_data == f"s3://{bucket}/out/{job['TrainingJobName']}/output/model.tar.gz", estimator.model_data
assert job["FinalMetricDataList"][0]["MetricName"] == "loss" and abs(job["FinalMetricDataList"][0]["Value"] - 0.25) < 1e-6
assert job["DebugHookConfig"]["S3OutputPath"] and job["Environment"] == {"MODE": "sdk"}
tags = session.sagemaker_client.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
assert {"Key": "project", "Value": "dogs"} in tags, tags

# An attached estimator is found by its job's name alone.
assert Estimator.attach(job["TrainingJobName"], sagemaker_session=session).model_data == estimator.model_data

predictor = estimator.deploy(
    initial_instance_count=1, instance_type="ml.t2.medium", image_uri="python:3", endpoint_name="sdk-endpoint",
    serializer=JSONSerializer(), deserializer=JSONDeserializer(),
)
answer = predictor.predict({"question": 1})
assert answer == {"data": "1 2 3", "rate": 0.1, "label": "a word", "mode": "sdk", "asked": {"question": 1}}, answer
predictor.delete_model()
predictor.delete_endpoint()
assert session.sagemaker_client.list_models()["Models"] == []
assert session.sagemaker_client.list_endpoint_configs()["EndpointConfigs"] == []
print("the SageMaker Python SDK", sagemaker.__version__, "trained, deployed, predicted and took down")
