import type { S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import type { ObjectRecord } from "./record.ts";

/** The object; throws NoSuchKey. Without versioning the only version id there is is `null`. */
export function requireObject(context: S3Context, at: { readonly bucket: string; readonly key: string; readonly versionId?: string | undefined }): ObjectRecord {
  checkVersion(at.versionId);
  const record = context.objects.get(at.bucket, at.key);
  if (!record) throw errors.noSuchKey(at.key);
  return record;
}

/** Throws InvalidArgument for any version id but `null`, the only one that a bucket without versioning has. */
export function checkVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === "" || versionId === "null") return;
  throw errors.invalidArgument("Invalid version id specified", "versionId", versionId);
}
