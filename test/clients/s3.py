"""S3 through boto3: buckets, objects, listings, multipart transfers, presigned URLs, copies, waiters."""
import hashlib
import io
import os
import tempfile
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

MIB = 1024 * 1024
BUCKET = "boto3-bucket"
s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} succeeded")


# Buckets and waiters
s3.create_bucket(Bucket=BUCKET)
s3.get_waiter("bucket_exists").wait(Bucket=BUCKET, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
assert BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
assert code_of(s3.head_bucket, Bucket="no-such-bucket") == "404"
ireland = boto3.client("s3", region_name="eu-west-1")
assert code_of(ireland.create_bucket, Bucket="irish-bucket") == "IllegalLocationConstraintException"
ireland.create_bucket(Bucket="irish-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
assert ireland.get_bucket_location(Bucket="irish-bucket")["LocationConstraint"] == "eu-west-1"
# botocore follows the redirect to the bucket's own region.
s3.put_object(Bucket="irish-bucket", Key="a", Body=b"followed")
assert s3.get_object(Bucket="irish-bucket", Key="a")["Body"].read() == b"followed"

# Objects
key = "folder/ü + a&b?.txt"
put = s3.put_object(Bucket=BUCKET, Key=key, Body=b"hello", Metadata={"breed": "beagle"}, ContentType="text/plain")
assert put["ETag"] == '"5d41402abc4b2a76b9719d911017c592"', put
s3.get_waiter("object_exists").wait(Bucket=BUCKET, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
got = s3.get_object(Bucket=BUCKET, Key=key)
assert got["Body"].read() == b"hello" and got["Metadata"] == {"breed": "beagle"} and got["ContentType"] == "text/plain", got
assert s3.get_object(Bucket=BUCKET, Key=key, Range="bytes=1-2")["Body"].read() == b"el"
assert code_of(s3.get_object, Bucket=BUCKET, Key="none") == "NoSuchKey"
assert code_of(s3.head_object, Bucket=BUCKET, Key="none") == "404"
assert code_of(s3.get_object, Bucket=BUCKET, Key=key, IfNoneMatch=put["ETag"]) == "304"
assert code_of(s3.put_object, Bucket=BUCKET, Key=key, Body=b"", IfNoneMatch="*") == "PreconditionFailed"
stream = s3.put_object(Bucket=BUCKET, Key="stream", Body=io.BytesIO(b"x" * MIB))
assert stream["ETag"] == f'"{hashlib.md5(b"x" * MIB).hexdigest()}"'

# Copies
s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": key})
assert s3.head_object(Bucket=BUCKET, Key="copy")["Metadata"] == {"breed": "beagle"}
s3.copy({"Bucket": BUCKET, "Key": key}, BUCKET, "managed-copy")
assert s3.get_object(Bucket=BUCKET, Key="managed-copy")["Body"].read() == b"hello"

# Multipart transfers, up, down and across
config = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=3)
content = os.urandom(20 * MIB)
with tempfile.TemporaryDirectory() as folder:
    source, target = os.path.join(folder, "source"), os.path.join(folder, "target")
    with open(source, "wb") as file:
        file.write(content)
    s3.upload_file(source, BUCKET, "large", Config=config, ExtraArgs={"Metadata": {"a": "1"}})
    parts = [content[at:at + 8 * MIB] for at in range(0, len(content), 8 * MIB)]
    etag = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()
    head = s3.head_object(Bucket=BUCKET, Key="large", ChecksumMode="ENABLED")
    assert head["ETag"] == f'"{etag}-3"' and head["ContentLength"] == len(content), head
    s3.download_file(BUCKET, "large", target, Config=config)
    with open(target, "rb") as file:
        assert file.read() == content
s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "large-copy", Config=config)
buffer = io.BytesIO()
s3.download_fileobj(BUCKET, "large-copy", buffer, Config=config)
assert buffer.getvalue() == content
upload = s3.create_multipart_upload(Bucket=BUCKET, Key="abandoned")["UploadId"]
s3.upload_part(Bucket=BUCKET, Key="abandoned", UploadId=upload, PartNumber=1, Body=b"part")
assert [part["Size"] for part in s3.list_parts(Bucket=BUCKET, Key="abandoned", UploadId=upload)["Parts"]] == [4]
assert [each["Key"] for each in s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == ["abandoned"]
s3.abort_multipart_upload(Bucket=BUCKET, Key="abandoned", UploadId=upload)

# Listings
keys = [f"many/{letter} +/{number}" for letter in "abc" for number in range(40)]
for each in keys:
    s3.put_object(Bucket=BUCKET, Key=each, Body=b"")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="many/", PaginationConfig={"PageSize": 7})
assert [item["Key"] for page in pages for item in page["Contents"]] == sorted(keys)
folders = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="many/", Delimiter="/", PaginationConfig={"PageSize": 1})
assert [item["Prefix"] for page in folders for item in page.get("CommonPrefixes", [])] == ["many/a +/", "many/b +/", "many/c +/"]
old = s3.get_paginator("list_objects").paginate(Bucket=BUCKET, Prefix="many/", PaginationConfig={"PageSize": 50})
assert [item["Key"] for page in old for item in page["Contents"]] == sorted(keys)
bucket = boto3.resource("s3").Bucket(BUCKET)
assert len(list(bucket.objects.filter(Prefix="many/a"))) == 40

# Presigned URLs: version 2, which boto3 makes by default, and version 4
for signature in (None, "s3v4"):
    signer = boto3.client("s3", config=Config(signature_version=signature) if signature else None)
    url = signer.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "presigned"}, ExpiresIn=60)
    body = f"by {signature}".encode()
    assert urllib.request.urlopen(urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})).status == 200
    url = signer.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "presigned", "ResponseContentType": "text/x-dog"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == body and answer.headers["Content-Type"] == "text/x-dog"

# Deleting
deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "copy"}, {"Key": "none"}]})
assert sorted(each["Key"] for each in deleted["Deleted"]) == ["copy", "none"]
assert code_of(s3.delete_bucket, Bucket=BUCKET) == "BucketNotEmpty"
bucket.objects.all().delete()
bucket.delete()
s3.get_waiter("bucket_not_exists").wait(Bucket=BUCKET, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
