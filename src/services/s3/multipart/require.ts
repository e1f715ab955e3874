import type { S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_PART_NUMBER } from "../limits.ts";
import type { UploadRecord } from "./record.ts";

interface NamesUpload {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
}

/** Throws NoSuchUpload. */
export function requireUpload(context: S3Context, { Bucket = "", Key = "", UploadId = "" }: NamesUpload): UploadRecord {
  const upload = context.uploads.get(Bucket, Key, UploadId);
  if (!upload) throw errors.noSuchUpload(UploadId);
  return upload;
}

/** Throws InvalidArgument. */
export function checkPartNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PART_NUMBER) return;
  throw errors.invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", number);
}
