"""Lambda through boto3: create, wait, invoke, update, permissions, URL, events, delete."""
import io
import json
import time
import zipfile

import boto3

iam, functions, logs = boto3.client("iam"), boto3.client("lambda"), boto3.client("logs")
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
NAME = "classify-boto3"


def package(source):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("lambda_function.py", source)
    return data.getvalue()


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except functions.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise SystemExit("%s was expected" % code)


role = iam.create_role(RoleName="lambda-boto3", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
iam.attach_role_policy(RoleName="lambda-boto3", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")

created = functions.create_function(
    FunctionName=NAME, Runtime="python3.12", Role=role, Handler="lambda_function.lambda_handler", Timeout=10, MemorySize=256,
    Code={"ZipFile": package("import os\n\ndef lambda_handler(event, context):\n    print('breed', event['breed'])\n    return {'breed': event['breed'], 'mode': os.environ['MODE']}\n")},
    Environment={"Variables": {"MODE": "fast"}}, Tags={"team": "dogs"})
assert created["State"] == "Pending" and created["CodeSize"] > 0, created
functions.get_waiter("function_active_v2").wait(FunctionName=NAME, WaiterConfig={"Delay": 1})
assert functions.get_function(FunctionName=NAME)["Tags"] == {"team": "dogs"}

answer = functions.invoke(FunctionName=NAME, Payload=json.dumps({"breed": "beagle"}), LogType="Tail")
assert answer["StatusCode"] == 200 and answer["ExecutedVersion"] == "$LATEST" and "FunctionError" not in answer, answer
assert json.loads(answer["Payload"].read()) == {"breed": "beagle", "mode": "fast"}

answer = functions.invoke(FunctionName=NAME, Payload=b"{}")
assert answer["FunctionError"] == "Unhandled", answer
error = json.loads(answer["Payload"].read())
assert error["errorType"] == "KeyError" and error["errorMessage"] == "'breed'" and "lambda_function.py" in error["stackTrace"][0], error

functions.update_function_configuration(FunctionName=NAME, Environment={"Variables": {"MODE": "slow"}})
functions.get_waiter("function_updated_v2").wait(FunctionName=NAME, WaiterConfig={"Delay": 1})
functions.update_function_code(FunctionName=NAME, ZipFile=package("import os\n\ndef lambda_handler(event, context):\n    return os.environ['MODE']\n"))
functions.get_waiter("function_updated_v2").wait(FunctionName=NAME, WaiterConfig={"Delay": 1})
assert json.loads(functions.invoke(FunctionName=created["FunctionArn"])["Payload"].read()) == "slow"

assert functions.invoke(FunctionName=NAME, InvocationType="DryRun")["StatusCode"] == 204
assert functions.invoke(FunctionName=NAME, InvocationType="Event", Payload=b"{}")["StatusCode"] == 202

functions.add_permission(FunctionName=NAME, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
assert json.loads(functions.get_policy(FunctionName=NAME)["Policy"])["Statement"][0]["Principal"] == {"Service": "s3.amazonaws.com"}
functions.remove_permission(FunctionName=NAME, StatementId="s3")
refused("ResourceNotFoundException", functions.get_policy, FunctionName=NAME)

url = functions.create_function_url_config(FunctionName=NAME, AuthType="NONE")["FunctionUrl"]
assert ".lambda-url." in url, url
assert functions.get_function_url_config(FunctionName=NAME)["FunctionUrl"] == url

assert NAME in [each["FunctionName"] for page in functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1}) for each in page["Functions"]]
assert functions.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 1000

deadline = time.time() + 10
while not any("breed beagle" in event["message"] for event in logs.filter_log_events(logGroupName="/aws/lambda/" + NAME)["events"]):
    assert time.time() < deadline, "the function's log did not arrive"
    time.sleep(0.2)

refused("ResourceConflictException", functions.create_function, FunctionName=NAME, Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": package("")})
refused("InvalidParameterValueException", functions.create_function, FunctionName="other", Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": b"no zip"})
functions.delete_function(FunctionName=NAME)
assert refused("ResourceNotFoundException", functions.invoke, FunctionName=NAME) == "Function not found: " + created["FunctionArn"]
