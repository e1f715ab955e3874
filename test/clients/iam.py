"""IAM and STS through boto3: users, keys, roles, policies; denied until allowed; sessions; paginators and waiters."""
import json

import boto3
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
iam = boto3.client("iam")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


# A user that may assume one role.
user = iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "blue"}])["User"]
iam.get_waiter("user_exists").wait(UserName="ann")
key = iam.create_access_key(UserName="ann")["AccessKey"]
ann = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
assert ann.client("sts").get_caller_identity()["UserId"] == user["UserId"]

role = iam.create_role(
    RoleName="reader",
    AssumeRolePolicyDocument=policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}),
)["Role"]
iam.get_waiter("role_exists").wait(RoleName="reader")
assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": ACCOUNT}, role

assume = dict(RoleArn=role["Arn"], RoleSessionName="s1")
message = refused("AccessDenied", ann.client("sts").assume_role, **assume)
assert message == f"User: {user['Arn']} is not authorized to perform: sts:AssumeRole on resource: {role['Arn']}", message
iam.put_user_policy(UserName="ann", PolicyName="assume", PolicyDocument=policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role["Arn"]}))
given = ann.client("sts").assume_role(**assume)["Credentials"]
session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/s1"
assert session.client("sts").get_caller_identity()["Arn"] == arn

# Denied, then allowed, with the same credentials.
message = refused("AccessDenied", session.client("iam").list_roles)
assert message == f"User: {arn} is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::{ACCOUNT}:role/ because no identity-based policy allows the iam:ListRoles action", message
created = iam.create_policy(PolicyName="list", PolicyDocument=policy({"Effect": "Allow", "Action": "iam:List*", "Resource": "*"}))["Policy"]
iam.get_waiter("policy_exists").wait(PolicyArn=created["Arn"])
iam.attach_role_policy(RoleName="reader", PolicyArn=created["Arn"])
assert [each["RoleName"] for each in session.client("iam").list_roles()["Roles"]] == ["reader"]
iam.create_policy_version(PolicyArn=created["Arn"], PolicyDocument=policy({"Effect": "Deny", "Action": "*", "Resource": "*"}), SetAsDefault=True)
assert refused("AccessDenied", session.client("iam").list_roles).endswith("with an explicit deny in an identity-based policy")

# Documents come back as they went in, lists in pages.
iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}))
assert iam.get_role_policy(RoleName="reader", PolicyName="read")["PolicyDocument"]["Statement"][0]["Action"] == "s3:GetObject"
for name in ("c", "b"):
    iam.create_user(UserName=name)
pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2}))
assert [[each["UserName"] for each in page["Users"]] for page in pages] == [["ann", "b"], ["c"]], pages

# AWS's errors.
assert refused("NoSuchEntity", iam.get_role, RoleName="none") == "The role with name none cannot be found."
assert refused("EntityAlreadyExists", iam.create_user, UserName="ann") == "User with name ann already exists."
assert refused("MalformedPolicyDocument", iam.create_policy, PolicyName="bad", PolicyDocument="{") == "Syntax errors in policy."
assert refused("DeleteConflict", iam.delete_role, RoleName="reader") == "Cannot delete entity, must detach all policies first."
assert refused("AccessDenied", boto3.client("sts").assume_role, **assume) == "Roles may not be assumed by root accounts."

iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
refused("InvalidClientTokenId", ann.client("sts").get_caller_identity)
