import type { S3Context } from "../context.ts";
import type { ContentChange } from "../content/contents.ts";
import type { Place } from "../content/receive.ts";
import { errors } from "../errors.ts";
import { checkWrite, type ReadConditions } from "./conditions.ts";
import type { ObjectRecord } from "./record.ts";

interface Commit {
  readonly conditions: Pick<ReadConditions, "IfMatch" | "IfNoneMatch">;
  /** Makes the record, within the transaction. */
  readonly make: (change: ContentChange) => ObjectRecord;
}

/**
 * Makes an object visible under its key, in place of what was there, in one transaction. The conditions hold at that very
 * moment. Throws PreconditionFailed, NoSuchKey (If-Match), or NoSuchBucket when the bucket went meanwhile.
 */
export function commitObject(context: S3Context, { bucket, key }: { readonly bucket: string; readonly key: string }, commit: Commit): ObjectRecord {
  return context.contents.change((change) => {
    if (!context.buckets.has(bucket)) throw errors.noSuchBucket(bucket);
    const present = context.objects.get(bucket, key);
    checkWrite(commit.conditions, key, present);
    const record = commit.make(change);
    context.objects.put(bucket, key, record);
    if (present) change.forget(present.content);
    return record;
  });
}

/** Runs the work, and puts the waiting content away when it fails. */
export function keepingClean<T>(context: S3Context, place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    context.contents.discard(place);
    throw error;
  }
}
