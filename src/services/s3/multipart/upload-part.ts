import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { checksumMember, type ChecksumAlgorithm } from "../checksum/checksum.ts";
import { checkDigests, chosenAlgorithm } from "../checksum/chosen.ts";
import { checkDeclaredLength } from "../content/length.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { keepingClean } from "../object/commit.ts";
import { ENCRYPTED, quoted } from "../object/record.ts";
import { refuseUnsupported } from "../refusals.ts";
import { commitPart } from "./receive-part.ts";
import type { UploadRecord } from "./record.ts";
import { checkPartNumber, requireUpload } from "./require.ts";

/** A composite checksum is made of what the client says of each part, so each must say it, and in the same algorithm. */
function checkAlgorithm(upload: UploadRecord, given: ChecksumAlgorithm | undefined): void {
  if (!upload.declared || given === upload.algorithm) return;
  if (given === undefined && upload.type === "FULL_OBJECT") return;
  throw errors.invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${given?.toLowerCase() ?? "null"}`,
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart = operation("UploadPart", {
  authorize: (input, context) => [onObject({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:PutObject")],
  handle: async (input, context) => {
    const { PartNumber: number = 0 } = input;
    refuseUnsupported(input, context);
    checkDeclaredLength(context.http);
    checkPartNumber(number);
    const upload = requireUpload(context, input);
    const given = chosenAlgorithm(input, context.http?.headers);
    checkAlgorithm(upload, given);
    const received = await context.contents.receive(input.Body, { algorithm: upload.algorithm, inlineBytes: -1, signal: context.signal });
    // A sum of another algorithm than the upload's was checked as the body came; here only ours can be.
    keepingClean(context, received.place, () => checkDigests(given === upload.algorithm ? input : { ContentMD5: input.ContentMD5 }, received));
    const part = commitPart(context, upload, { number, received });
    return { ETag: quoted(part.etag), ...ENCRYPTED, ...checksumMember({ algorithm: upload.algorithm, value: part.checksum }) };
  },
});
