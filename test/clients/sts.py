"""STS through boto3: who am I."""
import boto3

identity = boto3.client("sts").get_caller_identity()
assert identity["Arn"] == "arn:aws:iam::000000000000:root", identity
assert identity["Account"] == "000000000000", identity
