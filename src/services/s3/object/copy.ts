import { requireBucket } from "../bucket/require.ts";
import { checksumMembers, type Checksum } from "../checksum/checksum.ts";
import { namedAlgorithm, wholeChecksum } from "../checksum/chosen.ts";
import { whole } from "../content/content.ts";
import type { Place } from "../content/receive.ts";
import { operation, type S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { INLINE_BYTES, MAX_UPLOAD_BYTES } from "../limits.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkKey, taggingHeader } from "../validate.ts";
import { commitObject, keepingClean } from "./commit.ts";
import { requireSource, sourceAccess } from "./copy-source.ts";
import { describe, type Description } from "./metadata.ts";
import { ENCRYPTED, quoted, wholeSeconds, type ObjectRecord } from "./record.ts";
import { writeAccess } from "./write-access.ts";

interface Copied {
  readonly place: Place;
  readonly etag: string;
  readonly checksum: Checksum;
}

/**
 * The source's bytes once more. Linked when etag and checksum stay as they are; read and measured anew when the source is
 * made of parts (a copy is one piece, with an MD5 of its own) or another checksum is wanted.
 */
async function copyContent(source: ObjectRecord, wanted: string | undefined, context: S3Context): Promise<Copied> {
  const algorithm = namedAlgorithm(wanted) ?? source.checksum.algorithm;
  if (source.content.kind !== "parts" && source.checksum.algorithm === algorithm) {
    const place = await context.contents.duplicate(source.content);
    if (place) return { place, etag: source.etag, checksum: source.checksum };
  }
  const received = await context.contents.receive(context.contents.read(source.content, whole(source.size)), {
    algorithm, inlineBytes: INLINE_BYTES, signal: context.signal,
  });
  return { place: received.place, etag: received.md5.toString("hex"), checksum: wholeChecksum(algorithm, received) };
}

type Directives = Description & { readonly MetadataDirective?: string | undefined; readonly TaggingDirective?: string | undefined };

const describeCopy = (input: Directives, source: ObjectRecord): Pick<ObjectRecord, "system" | "metadata" | "tags"> => ({
  ...(input.MetadataDirective === "REPLACE" ? describe(input) : { system: source.system, metadata: source.metadata }),
  tags: input.TaggingDirective === "REPLACE" ? taggingHeader(input.Tagging) : source.tags,
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const copyObject = operation("CopyObject", {
  authorize: (input, context) => [
    ...sourceAccess(input, context),
    ...writeAccess({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, input),
  ],
  handle: async (input, context) => {
    const { Bucket: bucket = "", Key: key = "" } = input;
    refuseUnsupported(input, context);
    checkKey(key);
    const source = requireSource(input, context);
    if (source.bucket === bucket && source.key === key && input.MetadataDirective !== "REPLACE") {
      throw errors.invalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
    }
    if (source.record.size > MAX_UPLOAD_BYTES) {
      throw errors.invalidRequest(`The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_UPLOAD_BYTES}`);
    }
    const description = describeCopy(input, source.record);
    const copied = await copyContent(source.record, input.ChecksumAlgorithm, context);
    const record = keepingClean(context, copied.place, () => commitObject(context, { bucket, key }, {
      conditions: input,
      make: (change) => ({
        content: change.adopt(copied.place), size: source.record.size, etag: copied.etag, checksum: copied.checksum,
        modified: wholeSeconds(context.clock.now()), ...description,
      }),
    }));
    return {
      ...ENCRYPTED,
      CopyObjectResult: { ETag: quoted(record.etag), LastModified: new Date(record.modified), ...checksumMembers(record.checksum) },
    };
  },
});
