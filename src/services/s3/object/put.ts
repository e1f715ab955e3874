import { requireBucket } from "../bucket/require.ts";
import { DEFAULT_ALGORITHM, checksumMembers } from "../checksum/checksum.ts";
import { checkDigests, chosenAlgorithm, wholeChecksum } from "../checksum/chosen.ts";
import { checkDeclaredLength } from "../content/length.ts";
import { operation } from "../context.ts";
import { INLINE_BYTES } from "../limits.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkKey } from "../validate.ts";
import { commitObject, keepingClean } from "./commit.ts";
import { checkWrite } from "./conditions.ts";
import { describe } from "./metadata.ts";
import { ENCRYPTED, quoted, wholeSeconds } from "./record.ts";
import { writeAccess } from "./write-access.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject = operation("PutObject", {
  authorize: (input, context) => writeAccess({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, input),
  handle: async (input, context) => {
    const { Bucket: bucket = "", Key: key = "" } = input;
    refuseUnsupported(input, context);
    checkDeclaredLength(context.http);
    checkKey(key);
    const description = describe(input);
    const algorithm = chosenAlgorithm(input, context.http?.headers) ?? DEFAULT_ALGORITHM;
    // Early, so that a refused upload need not be read; and again at the moment it becomes visible.
    if (input.IfMatch !== undefined || input.IfNoneMatch !== undefined) checkWrite(input, key, context.objects.get(bucket, key));
    const received = await context.contents.receive(input.Body, { algorithm, inlineBytes: INLINE_BYTES, signal: context.signal });
    const checksum = wholeChecksum(algorithm, received);
    const { etag } = keepingClean(context, received.place, () => {
      checkDigests(input, received);
      return commitObject(context, { bucket, key }, {
        conditions: input,
        make: (change) => ({
          content: change.adopt(received.place), size: received.size, etag: received.md5.toString("hex"),
          modified: wholeSeconds(context.clock.now()), checksum, ...description,
        }),
      });
    });
    return { ETag: quoted(etag), ...ENCRYPTED, ...checksumMembers(checksum) };
  },
});
