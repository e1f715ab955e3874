import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { MAX_KEYS } from "../limits.ts";
import { pageSize } from "../validate.ts";
import { listAccess } from "./access.ts";
import { namesIn } from "./encoding.ts";
import { listedObject } from "./entries.ts";
import { listPage } from "./page.ts";

/** Without versioning every object has the one version `null`. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export const listObjectVersions = operation("ListObjectVersions", {
  authorize: (input, context) => listAccess(input, context, "s3:ListBucketVersions"),
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: marker = "" } = input;
    const limit = pageSize(input.MaxKeys, "max-keys", MAX_KEYS);
    const page = listPage({ prefix, delimiter, after: marker, limit }, (range) => context.objects.scan(bucket.name, range));
    const name = namesIn(input.EncodingType);
    return {
      Name: bucket.name, Prefix: name(prefix), KeyMarker: name(marker), VersionIdMarker: input.VersionIdMarker ?? "", MaxKeys: limit,
      IsTruncated: page.next !== undefined,
      ...(delimiter === "" ? {} : { Delimiter: name(delimiter) }),
      ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
      ...(page.next === undefined ? {} : { NextKeyMarker: name(page.next), NextVersionIdMarker: "null" }),
      Versions: page.rows.map((row) => ({ ...listedObject(row, name, bucket.account), VersionId: "null", IsLatest: true })),
      CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: name(each) })),
    };
  },
});
