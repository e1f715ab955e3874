#!/usr/bin/env bash
# STS through the AWS CLI: who am I, and a wrong key is refused.
set -euo pipefail
[ "$(aws sts get-caller-identity --query Account --output text)" = 000000000000 ]
if refusal=$(AWS_SECRET_ACCESS_KEY=wrong aws sts get-caller-identity 2>&1); then
  echo "a wrong secret was accepted"; exit 1
fi
grep -q SignatureDoesNotMatch <<<"$refusal"
