import { requireBucket } from "../bucket/require.ts";
import { DEFAULT_ALGORITHM, type ChecksumAlgorithm, type ChecksumType } from "../checksum/checksum.ts";
import { namedAlgorithm } from "../checksum/chosen.ts";
import { canCombine } from "../checksum/of-parts.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { describe } from "../object/metadata.ts";
import { ENCRYPTED } from "../object/record.ts";
import { writeAccess } from "../object/write-access.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkKey } from "../validate.ts";

const ID_BYTES = 48;

/**
 * CRC64NVME is always of the whole object, the SHA family always composite; the two others may be either.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
function typeFor(algorithm: ChecksumAlgorithm, wanted: string | undefined): ChecksumType {
  const type = wanted ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const possible = type === "FULL_OBJECT" ? canCombine(algorithm) : algorithm !== "CRC64NVME";
  if (!possible) throw errors.invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return type === "FULL_OBJECT" ? type : "COMPOSITE";
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload = operation("CreateMultipartUpload", {
  authorize: (input, context) => writeAccess({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, input),
  handle: (input, context) => {
    const { Bucket: bucket = "", Key: key = "" } = input;
    refuseUnsupported(input, context);
    checkKey(key);
    const named = namedAlgorithm(input.ChecksumAlgorithm);
    if (!named && input.ChecksumType) throw errors.invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    const algorithm = named ?? DEFAULT_ALGORITHM;
    const type = typeFor(algorithm, input.ChecksumType);
    const id = Buffer.from(context.random.bytes(ID_BYTES)).toString("base64url");
    context.uploads.put({
      bucket, key, id, algorithm, type, declared: named !== undefined, initiated: context.clock.now(),
      initiator: { arn: context.principal.arn, account: context.principal.account }, ...describe(input),
    });
    return { Bucket: bucket, Key: key, UploadId: id, ...ENCRYPTED, ...(named ? { ChecksumAlgorithm: named, ChecksumType: type } : {}) };
  },
});
