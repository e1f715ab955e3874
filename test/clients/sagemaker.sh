#!/usr/bin/env bash
# SageMaker through the AWS CLI: a script job, its log, a model behind an endpoint, an answer, deletion.
set -euo pipefail
cd "$WORK_FOLDER"
say() { echo "$*" >&2; }
aws s3 mb s3://sagemaker-cli >/dev/null
aws s3api wait bucket-exists --bucket sagemaker-cli
printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}' >trust.json
printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:ListBucket","logs:*"],"Resource":"*"}]}' >work.json
role=$(aws iam create-role --role-name sagemaker-cli --assume-role-policy-document file://trust.json --query Role.Arn --output text)
aws iam put-role-policy --role-name sagemaker-cli --policy-name work --policy-document file://work.json

# The job writes the server that its own artifact will be served by.
cat >train.py <<'PY'
import os
print("accuracy: 0.875")
folder = os.path.join(os.environ["SM_MODEL_DIR"], "code")
os.makedirs(folder)
open(os.path.join(folder, "serve.py"), "w").write('''
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(b"")
    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["content-length"])).upper())
HTTPServer((os.environ["SAGEMAKER_BIND_ADDRESS"], int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
''')
PY
tar -czf source.tar.gz train.py
aws s3 cp --quiet source.tar.gz s3://sagemaker-cli/source.tar.gz
printf '{"sagemaker_program":"\\"train.py\\"","sagemaker_submit_directory":"\\"s3://sagemaker-cli/source.tar.gz\\""}' >hyperparameters.json
aws sagemaker create-training-job --training-job-name shouter --role-arn "$role" --hyper-parameters file://hyperparameters.json \
  --algorithm-specification '{"TrainingImage":"pytorch-training:2","TrainingInputMode":"File","MetricDefinitions":[{"Name":"accuracy","Regex":"accuracy: ([0-9.]+)"}]}' \
  --output-data-config S3OutputPath=s3://sagemaker-cli/output --resource-config InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=10 \
  --stopping-condition MaxRuntimeInSeconds=60 --query TrainingJobArn --output text | grep -qx 'arn:aws:sagemaker:us-east-1:000000000000:training-job/shouter'
# The CLI's waiter looks once a minute; a newcomer's loop is quicker.
for _ in $(seq 60); do
  status=$(aws sagemaker describe-training-job --training-job-name shouter --query TrainingJobStatus --output text)
  [ "$status" = InProgress ] || break
  sleep 0.5
done
say "job: $status"
aws sagemaker wait training-job-completed-or-stopped --training-job-name shouter
aws sagemaker describe-training-job --training-job-name shouter --query 'FinalMetricDataList[0].Value' --output text | grep -qx 0.875
artifact=$(aws sagemaker describe-training-job --training-job-name shouter --query ModelArtifacts.S3ModelArtifacts --output text)
[ "$artifact" = s3://sagemaker-cli/output/shouter/output/model.tar.gz ]
aws logs filter-log-events --log-group-name /aws/sagemaker/TrainingJobs --log-stream-name-prefix shouter/ --query 'events[].message' --output text | grep -q 'accuracy: 0.875'

aws sagemaker create-model --model-name shouter --execution-role-arn "$role" --primary-container "Image=python:3.11,ModelDataUrl=$artifact" >/dev/null
aws sagemaker create-endpoint-config --endpoint-config-name shouter --production-variants VariantName=all,ModelName=shouter,InstanceType=ml.t2.medium,InitialInstanceCount=1 >/dev/null
aws sagemaker create-endpoint --endpoint-name shouter --endpoint-config-name shouter >/dev/null
for _ in $(seq 60); do
  status=$(aws sagemaker describe-endpoint --endpoint-name shouter --query EndpointStatus --output text)
  [ "$status" = Creating ] || break
  sleep 0.5
done
say "endpoint: $status"
aws sagemaker wait endpoint-in-service --endpoint-name shouter
printf beagle >question.txt
aws sagemaker-runtime invoke-endpoint --endpoint-name shouter --content-type text/plain --body fileb://question.txt answer.txt \
  --query InvokedProductionVariant --output text | grep -qx all
say "answer: $(cat answer.txt)"
grep -qx BEAGLE answer.txt

aws sagemaker list-training-jobs --name-contains shout --status-equals Completed --query 'TrainingJobSummaries[].TrainingJobName' --output text | grep -qx shouter
aws sagemaker delete-endpoint --endpoint-name shouter
aws sagemaker delete-endpoint-config --endpoint-config-name shouter
aws sagemaker delete-model --model-name shouter
if refusal=$(aws sagemaker describe-model --model-name shouter 2>&1); then echo "the model is still there"; exit 1; fi
grep -q ValidationException <<<"$refusal"
