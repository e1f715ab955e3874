#!/usr/bin/env bash
# IAM and STS through the AWS CLI: a user assumes a role and is denied, then allowed.
set -euo pipefail
cd "$WORK_FOLDER"
statement() { printf '{"Version":"2012-10-17","Statement":[%s]}' "$1"; }
statement '{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}' >trust.json
statement '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}' >assume.json
statement '{"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:iam::000000000000:role/reader"}' >read.json

aws iam create-user --user-name ann --query User.Arn --output text | grep -qx arn:aws:iam::000000000000:user/ann
aws iam put-user-policy --user-name ann --policy-name assume --policy-document file://assume.json
read -r id secret < <(aws iam create-access-key --user-name ann --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
arn=$(aws iam create-role --role-name reader --assume-role-policy-document file://trust.json --query Role.Arn --output text)
aws iam wait role-exists --role-name reader

read -r sid ssecret token < <(AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret aws sts assume-role --role-arn "$arn" --role-session-name s1 \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
as_session() { AWS_ACCESS_KEY_ID=$sid AWS_SECRET_ACCESS_KEY=$ssecret AWS_SESSION_TOKEN=$token "$@"; }
as_session aws sts get-caller-identity --query Arn --output text | grep -qx arn:aws:sts::000000000000:assumed-role/reader/s1

if refusal=$(as_session aws iam get-role --role-name reader 2>&1); then echo "allowed without a policy"; exit 1; fi
grep -q 'because no identity-based policy allows the iam:GetRole action' <<<"$refusal"
aws iam put-role-policy --role-name reader --policy-name read --policy-document file://read.json
as_session aws iam get-role --role-name reader --query Role.RoleName --output text | grep -qx reader
aws iam list-attached-role-policies --role-name reader --query 'length(AttachedPolicies)' --output text | grep -qx 0
