import { ServiceError } from "../../../base/errors.ts";
import type { HttpFacts } from "../../../wire/service.ts";
import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_KEYS } from "../limits.ts";
import { refuseUnsupported } from "../refusals.ts";
import { removeObject } from "./delete.ts";
import { checkVersion } from "./require.ts";

/** The request must prove that it arrived whole: a list cut short would delete the wrong things. */
function requireDigest(http: HttpFacts | undefined): void {
  if (!http || http.headers["content-md5"] !== undefined) return;
  if (Object.keys(http.headers).some((name) => name.startsWith("x-amz-checksum-")) || http.headers["x-amz-trailer"] !== undefined) return;
  throw errors.invalidRequest("Missing required header for this request: Content-MD5");
}

/** Each key is asked for and answered on its own. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects = operation("DeleteObjects", {
  authorize: (input, context) => {
    requireBucket(context, input);
    return [];
  },
  handle: (input, context) => {
    refuseUnsupported(input, context);
    requireDigest(context.http);
    const bucket = requireBucket(context, input);
    const objects = input.Delete?.Objects ?? [];
    if (objects.length === 0 || objects.length > MAX_KEYS) throw errors.malformedXml();
    const deleted: { Key: string; VersionId?: string }[] = [];
    const failed: { Key: string; VersionId?: string; Code: string; Message: string }[] = [];
    for (const { Key: key = "", VersionId: version, ETag: etag, ...conditions } of objects) {
      const named = { Key: key, ...(version === undefined ? {} : { VersionId: version }) };
      try {
        if (conditions.LastModifiedTime || conditions.Size !== undefined) throw errors.unsupported("Deleting on condition of date or size");
        context.authorize([onObject({ bucket, context, key }, version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion")]);
        checkVersion(version);
        removeObject(context, { bucket: bucket.name, key }, etag);
        deleted.push(named);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        failed.push({ ...named, Code: error.code, Message: error.message });
      }
    }
    return { ...(input.Delete?.Quiet ? {} : { Deleted: deleted }), ...(failed.length > 0 ? { Errors: failed } : {}) };
  },
});
