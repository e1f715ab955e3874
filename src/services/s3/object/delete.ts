import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { operation, type S3Context } from "../context.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkWrite } from "./conditions.ts";
import { checkVersion } from "./require.ts";

/** Removes an object if it is there; deleting nothing succeeds. Throws PreconditionFailed for another etag. */
export function removeObject(context: S3Context, at: { readonly bucket: string; readonly key: string }, ifMatch: string | undefined): void {
  context.contents.change((change) => {
    const present = context.objects.get(at.bucket, at.key);
    if (ifMatch !== undefined) checkWrite({ IfMatch: ifMatch }, at.key, present);
    if (!present) return;
    context.objects.delete(at.bucket, at.key);
    change.forget(present.content);
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject = operation("DeleteObject", {
  authorize: (input, context) => {
    const at = { bucket: requireBucket(context, input), context, key: input.Key ?? "" };
    return [onObject(at, input.VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion", { "s3:if-match": input.IfMatch })];
  },
  handle: (input, context) => {
    refuseUnsupported(input, context);
    checkVersion(input.VersionId);
    removeObject(context, { bucket: input.Bucket ?? "", key: input.Key ?? "" }, input.IfMatch);
    return {};
  },
});
