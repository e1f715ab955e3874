import type { AccessRequest } from "../../../wire/access.ts";
import { onBucket, onObject, tagConditions } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import type { S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { checkCopySource } from "./conditions.ts";
import type { ObjectRecord } from "./record.ts";
import { requireObject } from "./require.ts";

export interface CopyInput {
  readonly CopySource?: string | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}

interface SourceName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** `x-amz-copy-source`: bucket/key, percent-encoded, perhaps with a leading slash and a version. Throws InvalidArgument. */
export function parseCopySource(text = ""): SourceName {
  const invalid = (): Error =>
    errors.invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", text);
  if (text.startsWith("arn:")) throw errors.unsupported("Copying from an access point");
  const [path = "", versionId] = text.split(/\?versionId=/i);
  let name: string;
  try {
    name = decodeURIComponent(path.replaceAll("+", " ")).replace(/^\//, "");
  } catch {
    throw invalid();
  }
  const slash = name.indexOf("/");
  if (slash < 1 || slash === name.length - 1) throw invalid();
  return { bucket: name.slice(0, slash), key: name.slice(slash + 1), versionId };
}

/** What reading the source asks, a missing one included: as GetObject. */
export function sourceAccess(input: CopyInput, context: S3Context): readonly AccessRequest[] {
  const { bucket: name, key } = parseCopySource(input.CopySource);
  const bucket = requireBucket(context, { Bucket: name, ExpectedBucketOwner: input.ExpectedSourceBucketOwner });
  const record = context.objects.get(name, key);
  const read = onObject({ bucket, context, key }, "s3:GetObject", record ? tagConditions("s3:ExistingObjectTag", record.tags) : {});
  return record ? [read] : [read, onBucket({ bucket, context }, "s3:ListBucket")];
}

/** The source object, once its conditions hold. Throws NoSuchKey, PreconditionFailed. */
export function requireSource(input: CopyInput, context: S3Context): SourceName & { readonly record: ObjectRecord } {
  const source = parseCopySource(input.CopySource);
  const record = requireObject(context, source);
  checkCopySource({
    IfMatch: input.CopySourceIfMatch, IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince, IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  }, record);
  return { ...source, record };
}
