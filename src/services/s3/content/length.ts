import type { HttpFacts } from "../../../wire/service.ts";
import { errors } from "../errors.ts";
import { MAX_UPLOAD_BYTES } from "../limits.ts";

/**
 * Refuses an upload by what its headers say of its length, before any of it is read: EntityTooLarge, and NotImplemented for
 * a chunked transfer that does not tell its length, as S3 does.
 */
export function checkDeclaredLength(http: HttpFacts | undefined): void {
  if (!http) return;
  const decoded = http.headers["x-amz-decoded-content-length"];
  const encoding = http.headers["transfer-encoding"];
  if (encoding !== undefined && decoded === undefined) throw errors.headerNotImplemented("Transfer-Encoding", encoding);
  const length = Number(decoded ?? http.headers["content-length"] ?? 0);
  if (length > MAX_UPLOAD_BYTES) throw errors.entityTooLarge(length, MAX_UPLOAD_BYTES);
}
