import { instant } from "../../../base/instant.ts";
import { errors } from "../errors.ts";
import { quoted, wholeSeconds, type ObjectRecord } from "./record.ts";

/** The four conditions of a read, under the names of GetObject's members. */
export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

type Seen = Pick<ObjectRecord, "etag" | "modified">;

/** Does the header name the etag? It may hold `*`, several, quotes or none. */
export function matches(header: string, etag: string): boolean {
  return header.split(",").some((one) => {
    const name = one.trim().replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
    return name === "*" || name === etag;
  });
}

type Verdict = { readonly kind: "go" } | { readonly kind: "not-modified" } | { readonly kind: "failed"; readonly condition: string };

/** An etag's condition outweighs the date's beside it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html */
export function judge({ IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }: ReadConditions, { etag, modified }: Seen): Verdict {
  const seconds = (date: Date): number => wholeSeconds(instant(date.getTime()));
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, etag)) return { kind: "failed", condition: "If-Match" };
  } else if (IfUnmodifiedSince && modified > seconds(IfUnmodifiedSince)) return { kind: "failed", condition: "If-Unmodified-Since" };
  if (IfNoneMatch !== undefined) return matches(IfNoneMatch, etag) ? { kind: "not-modified" } : { kind: "go" };
  return IfModifiedSince && modified <= seconds(IfModifiedSince) ? { kind: "not-modified" } : { kind: "go" };
}

/** Throws PreconditionFailed, or NotModified (304) with the object's etag and date. */
export function checkRead(conditions: ReadConditions, seen: Seen): void {
  const verdict = judge(conditions, seen);
  if (verdict.kind === "failed") throw errors.preconditionFailed(verdict.condition);
  if (verdict.kind === "not-modified") throw errors.notModified(quoted(seen.etag), new Date(seen.modified).toUTCString());
}

/** The same for the source of a copy, where all failures are PreconditionFailed. */
export function checkCopySource(conditions: ReadConditions, seen: Seen): void {
  const verdict = judge(conditions, seen);
  if (verdict.kind === "go") return;
  const condition = verdict.kind === "failed" ? verdict.condition : conditions.IfNoneMatch === undefined ? "If-Modified-Since" : "If-None-Match";
  throw errors.preconditionFailed(`x-amz-copy-source-${condition}`);
}

/**
 * Conditions of a write against what is there at the moment it becomes visible.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWrite(
  { IfMatch, IfNoneMatch }: Pick<ReadConditions, "IfMatch" | "IfNoneMatch">, key: string, present: Seen | undefined,
): void {
  if (IfNoneMatch !== undefined && IfNoneMatch.trim() !== "*") throw errors.headerNotImplemented("If-None-Match", IfNoneMatch);
  if (IfNoneMatch !== undefined && present) throw errors.preconditionFailed("If-None-Match");
  if (IfMatch === undefined) return;
  if (!present) throw errors.noSuchKey(key);
  if (!matches(IfMatch, present.etag)) throw errors.preconditionFailed("If-Match");
}
