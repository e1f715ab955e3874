"""CloudWatch Logs through boto3: write, read, follow, filter, page, expire, delete."""
import time

import boto3

logs = boto3.client("logs")
GROUP, STREAM = "/aws/lambda/classify", "2026/11/21/[$LATEST]0123456789abcdef"

logs.create_log_group(logGroupName=GROUP, tags={"team": "dogs"})
logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
try:
    logs.create_log_group(logGroupName=GROUP)
    raise SystemExit("a second group under the same name was made")
except logs.exceptions.ResourceAlreadyExistsException:
    pass

now = int(time.time() * 1000)
events = [{"timestamp": now + n, "message": f'{{"level": "{"ERROR" if n % 10 == 0 else "INFO"}", "n": {n}}}'} for n in range(2500)]
for start in range(0, len(events), 500):
    answer = logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events[start:start + 500])
    assert "rejectedLogEventsInfo" not in answer, answer

# From the head, page by page, until the token stays.
seen, token = [], None
while True:
    page = logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True, limit=700, **({"nextToken": token} if token else {}))
    seen += page["events"]
    if page["nextForwardToken"] == token:
        break
    token = page["nextForwardToken"]
assert [event["message"] for event in seen] == [event["message"] for event in events], len(seen)

# Whoever follows sees what comes next.
logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=[{"timestamp": now + 5000, "message": "Task timed out after 3.00 seconds"}])
page = logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True, nextToken=token)
assert [event["message"] for event in page["events"]] == ["Task timed out after 3.00 seconds"], page

pages = logs.get_paginator("filter_log_events").paginate(
    logGroupName=GROUP, filterPattern='{ $.level = "ERROR" && $.n >= 1000 }', PaginationConfig={"PageSize": 40})
found = [event for page in pages for event in page["events"]]
assert len(found) == 150 and all(event["logStreamName"] == STREAM for event in found), len(found)
assert len(logs.filter_log_events(logGroupName=GROUP, filterPattern='"timed out"')["events"]) == 1

streams = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)["logStreams"]
assert streams[0]["lastEventTimestamp"] == now + 5000, streams
logs.put_retention_policy(logGroupName=GROUP, retentionInDays=14)
group = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda")["logGroups"][0]
assert group["retentionInDays"] == 14 and group["storedBytes"] > 0, group
assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"team": "dogs"}

answer = logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=[
    {"timestamp": now - 15 * 86400 * 1000, "message": "too old"}, {"timestamp": now, "message": "kept"}])
assert answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"] == 1, answer

logs.delete_log_group(logGroupName=GROUP)
try:
    logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)
    raise SystemExit("events of a deleted group were read")
except logs.exceptions.ResourceNotFoundException:
    pass
