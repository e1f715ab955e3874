"""What every script of the SageMaker Python SDK's version 2 begins with. Importing it ends the script as skipped (77) where the SDK is not on this machine."""
import json
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")
try:
    import sagemaker
except ImportError:
    sagemaker = None
if sagemaker is None or not sagemaker.__version__.startswith("2."):
    print("the SageMaker Python SDK is not on this machine (pip install 'sagemaker==2.*')")
    sys.exit(77)

import boto3


def make_role():
    """A role that SageMaker may take, with what AWS gives to all of SageMaker; its ARN."""
    iam = boto3.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="SageMakerRole", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="SageMakerRole", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    return role


def open_session(bucket):
    """A session whose default bucket has been made."""
    boto3.client("s3").create_bucket(Bucket=bucket)
    return sagemaker.Session(boto3.Session(), default_bucket=bucket)


def make_folder(files):
    """A folder of its own with these files (texts by name)."""
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("WORK_FOLDER")))
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder
