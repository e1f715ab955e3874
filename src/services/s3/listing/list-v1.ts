import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { MAX_KEYS } from "../limits.ts";
import { pageSize } from "../validate.ts";
import { listAccess } from "./access.ts";
import { namesIn } from "./encoding.ts";
import { listedObject } from "./entries.ts";
import { listPage } from "./page.ts";

/** `NextMarker` only with a delimiter, as in S3. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const listObjects = operation("ListObjects", {
  authorize: (input, context) => listAccess(input, context),
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", Marker: marker = "" } = input;
    const limit = pageSize(input.MaxKeys, "max-keys", MAX_KEYS);
    const page = listPage({ prefix, delimiter, after: marker, limit }, (range) => context.objects.scan(bucket.name, range));
    const name = namesIn(input.EncodingType);
    return {
      Name: bucket.name, Prefix: name(prefix), Marker: name(marker), MaxKeys: limit,
      IsTruncated: page.next !== undefined,
      ...(delimiter === "" ? {} : { Delimiter: name(delimiter) }),
      ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
      ...(page.next === undefined || delimiter === "" ? {} : { NextMarker: name(page.next) }),
      Contents: page.rows.map((row) => listedObject(row, name, bucket.account)),
      CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: name(each) })),
    };
  },
});
