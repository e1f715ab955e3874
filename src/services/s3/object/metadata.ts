import { fromDate } from "../../../base/instant.ts";
import { taggingHeader, userMetadata } from "../validate.ts";
import type { ObjectRecord, SystemMetadata } from "./record.ts";

/** The members of PutObject, CopyObject and CreateMultipartUpload that describe the object. */
export interface Description {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
  readonly Tagging?: string | undefined;
}

/** What S3 says of an object whose client gave no type. */
const DEFAULT_TYPE = "binary/octet-stream";

const systemMetadata = (input: Description): SystemMetadata => ({
  contentType: input.ContentType || DEFAULT_TYPE,
  cacheControl: input.CacheControl,
  contentDisposition: input.ContentDisposition,
  contentEncoding: input.ContentEncoding,
  contentLanguage: input.ContentLanguage,
  expires: input.Expires && fromDate(input.Expires),
});

/** The description as the record keeps it, checked. */
export const describe = (input: Description): Pick<ObjectRecord, "system" | "metadata" | "tags"> =>
  ({ system: systemMetadata(input), metadata: userMetadata(input.Metadata), tags: taggingHeader(input.Tagging) });
