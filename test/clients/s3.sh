#!/usr/bin/env bash
# S3 through the AWS CLI: make, copy, sync, list, presign, remove.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bucket=s3://cli-bucket
aws s3 mb "$bucket" >/dev/null
mkdir -p "$work/in/beagle" "$work/in/poodle"
echo one >"$work/in/beagle/1 a.txt"
echo two >"$work/in/poodle/2+b.txt"
head -c 20000000 /dev/urandom >"$work/in/large"
find "$work/in" -type f -exec touch -d '1 minute ago' {} + # S3 has whole seconds: what is as young as its copy is sent again
aws s3 sync "$work/in" "$bucket/in" --only-show-errors
[ "$(aws s3 ls --recursive "$bucket" | wc -l)" = 3 ]
grep -q "PRE beagle/" <<<"$(aws s3 ls "$bucket/in/")"
[ -z "$(aws s3 sync "$work/in" "$bucket/in")" ] # nothing is left to do
aws s3 cp --recursive "$bucket/in" "$work/out" --only-show-errors
diff -r "$work/in" "$work/out"
[ "$(aws s3 cp "$bucket/in/beagle/1 a.txt" -)" = one ]
aws s3 mv "$bucket/in/large" "$bucket/moved" --only-show-errors
curl -fsS "$(aws s3 presign "$bucket/moved")" | cmp - "$work/in/large"
aws s3api put-object --bucket cli-bucket --key typed --content-type image/png --body "$work/in/large" >/dev/null
[ "$(aws s3api head-object --bucket cli-bucket --key typed --query ContentType --output text)" = image/png ]
aws s3 rb --force "$bucket" >/dev/null
if aws s3 ls "$bucket" 2>"$work/refusal"; then
  echo "a removed bucket was listed"; exit 1
fi
grep -q NoSuchBucket "$work/refusal"
