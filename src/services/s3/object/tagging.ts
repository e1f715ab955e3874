import { onObject, tagConditions } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { operation, type S3Context } from "../context.ts";
import { tagList, tagSet } from "../validate.ts";
import { readAccess } from "./read-access.ts";
import type { Tags } from "./record.ts";
import { requireObject } from "./require.ts";

function changeTags(context: S3Context, at: { readonly bucket: string; readonly key: string; readonly versionId: string | undefined }, tags: Tags): void {
  context.contents.change(() => context.objects.put(at.bucket, at.key, { ...requireObject(context, at), tags }));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export const putObjectTagging = operation("PutObjectTagging", {
  authorize: (input, context) => [onObject(
    { bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:PutObjectTagging",
    tagConditions("s3:RequestObjectTag", tagSet(input.Tagging?.TagSet ?? [])),
  )],
  handle: (input, context) => {
    changeTags(context, { bucket: input.Bucket ?? "", key: input.Key ?? "", versionId: input.VersionId }, tagSet(input.Tagging?.TagSet ?? []));
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export const getObjectTagging = operation("GetObjectTagging", {
  authorize: (input, context) => readAccess(input, context, ["s3:GetObjectTagging"]),
  handle: (input, context) => ({
    TagSet: tagList(requireObject(context, { bucket: input.Bucket ?? "", key: input.Key ?? "", versionId: input.VersionId }).tags),
  }),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export const deleteObjectTagging = operation("DeleteObjectTagging", {
  authorize: (input, context) => readAccess(input, context, ["s3:DeleteObjectTagging"]),
  handle: (input, context) => {
    changeTags(context, { bucket: input.Bucket ?? "", key: input.Key ?? "", versionId: input.VersionId }, {});
    return {};
  },
});
