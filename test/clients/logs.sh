#!/usr/bin/env bash
# CloudWatch Logs through the AWS CLI: write, read, filter, delete.
set -euo pipefail
aws logs create-log-group --log-group-name /jobs
aws logs create-log-stream --log-group-name /jobs --log-stream-name one
now=$(($(date +%s) * 1000))
aws logs put-log-events --log-group-name /jobs --log-stream-name one --log-events "timestamp=$now,message=hello" "timestamp=$((now + 1)),message=goodbye" >/dev/null
[ "$(aws logs get-log-events --log-group-name /jobs --log-stream-name one --query 'events[].message' --output text)" = $'hello\tgoodbye' ]
[ "$(aws logs filter-log-events --log-group-name /jobs --filter-pattern good --query 'events[].message' --output text)" = goodbye ]
aws logs delete-log-stream --log-group-name /jobs --log-stream-name one
[ "$(aws logs describe-log-streams --log-group-name /jobs --query 'length(logStreams)')" = 0 ]
