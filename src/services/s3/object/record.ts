import { createHash } from "node:crypto";
import { instant, type Instant } from "../../../base/instant.ts";
import type { SqlValue, Store } from "../../../store/index.ts";
import type { Checksum } from "../checksum/checksum.ts";
import type { Content } from "../content/content.ts";

/** The headers that S3 keeps with an object and gives back as they came. */
export interface SystemMetadata {
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly expires?: Instant | undefined;
}

export type Tags = Readonly<Record<string, string>>;

export interface ObjectRecord {
  readonly content: Content;
  readonly size: number;
  /** Without quotes: the MD5 in hexadecimal, or `<md5 of the parts' md5s>-<N>`. */
  readonly etag: string;
  /** Whole seconds, as S3 has them. */
  readonly modified: Instant;
  readonly checksum: Checksum;
  readonly system: SystemMetadata;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export interface ListedObject {
  readonly key: string;
  readonly record: ObjectRecord;
}

/** Objects by bucket and key, keys in the order of their UTF-8 bytes. */
export interface ObjectTable {
  get(bucket: string, key: string): ObjectRecord | undefined;
  put(bucket: string, key: string, record: ObjectRecord): void;
  delete(bucket: string, key: string): void;
  isEmpty(bucket: string): boolean;
  /** Up to `limit` keys from `from` on, inclusive, before `before`. */
  scan(bucket: string, range: { readonly from: string; readonly before: SqlValue; readonly limit: number }): readonly ListedObject[];
}

interface Row {
  readonly key: string;
  readonly record: string;
}

export function openObjects(store: Store): ObjectTable {
  const select = store.prepare<Row>("SELECT record FROM s3_objects WHERE bucket = ? AND key = ?");
  const upsert = store.prepare("INSERT INTO s3_objects (bucket, key, record) VALUES (?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET record = excluded.record");
  const remove = store.prepare("DELETE FROM s3_objects WHERE bucket = ? AND key = ?");
  const any = store.prepare("SELECT 1 FROM s3_objects WHERE bucket = ? LIMIT 1");
  const range = store.prepare<Row>("SELECT key, record FROM s3_objects WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?");
  const parse = (text: string): ObjectRecord => JSON.parse(text) as ObjectRecord;
  return {
    get: (bucket, key) => {
      const row = select.get(bucket, key);
      return row && parse(row.record);
    },
    put: (bucket, key, record) => void upsert.run(bucket, key, JSON.stringify(record)),
    delete: (bucket, key) => void remove.run(bucket, key),
    isEmpty: (bucket) => any.get(bucket) === undefined,
    scan: (bucket, { from, before, limit }) =>
      range.all(bucket, from, before, limit).map((row) => ({ key: row.key, record: parse(row.record) })),
  };
}

/** S3 encrypts everything with keys of its own, and says so in every answer. At rest here: the data folder's own protection. */
export const ENCRYPTED = { ServerSideEncryption: "AES256" } as const;

export const quoted = (etag: string): string => `"${etag}"`;

/** S3 dates have whole seconds. */
export const wholeSeconds = (moment: Instant): Instant => instant(Math.floor(moment / 1000) * 1000);

/** The 64 digits by which S3 knows an account as an owner. https://docs.aws.amazon.com/general/latest/gr/acct-identifiers.html */
export const canonicalUser = (account: string): string => createHash("sha256").update(`canonical-user/${account}`).digest("hex");
