import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_KEYS } from "../limits.ts";
import { pageSize } from "../validate.ts";
import { listAccess } from "./access.ts";
import { namesIn } from "./encoding.ts";
import { listedObject } from "./entries.ts";
import { listPage } from "./page.ts";

// Opaque to clients; a version in front keeps other people's text from being taken for one.
const TOKEN_VERSION = "1";
const tokenOf = (last: string): string => Buffer.from(TOKEN_VERSION + last).toString("base64");

function afterToken(token: string): string {
  const text = Buffer.from(token, "base64").toString();
  if (!text.startsWith(TOKEN_VERSION) || tokenOf(text.slice(1)) !== token) {
    throw errors.invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return text.slice(1);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjectsV2 = operation("ListObjectsV2", {
  authorize: (input, context) => listAccess(input, context),
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", StartAfter: start = "", ContinuationToken: token } = input;
    const limit = pageSize(input.MaxKeys, "max-keys", MAX_KEYS);
    const after = token === undefined ? start : afterToken(token);
    const page = listPage({ prefix, delimiter, after, limit }, (range) => context.objects.scan(bucket.name, range));
    const name = namesIn(input.EncodingType);
    const owner = input.FetchOwner ? bucket.account : undefined;
    return {
      Name: bucket.name, Prefix: name(prefix), MaxKeys: limit,
      KeyCount: page.rows.length + page.commonPrefixes.length,
      IsTruncated: page.next !== undefined,
      ...(delimiter === "" ? {} : { Delimiter: name(delimiter) }),
      ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
      ...(start === "" ? {} : { StartAfter: name(start) }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(page.next === undefined ? {} : { NextContinuationToken: tokenOf(page.next) }),
      Contents: page.rows.map((row) => listedObject(row, name, owner)),
      CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: name(each) })),
    };
  },
});
