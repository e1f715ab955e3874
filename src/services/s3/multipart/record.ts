import type { Instant } from "../../../base/instant.ts";
import type { Store } from "../../../store/index.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../checksum/checksum.ts";
import type { SystemMetadata, Tags } from "../object/record.ts";

export interface UploadRecord {
  readonly bucket: string;
  readonly key: string;
  readonly id: string;
  readonly initiated: Instant;
  readonly initiator: { readonly arn: string; readonly account: string };
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** False when the client named no algorithm, and S3 adds its default. */
  readonly declared: boolean;
  readonly system: SystemMetadata;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export interface PartRecord {
  readonly number: number;
  readonly size: number;
  readonly blob: string;
  readonly etag: string;
  readonly modified: Instant;
  /** Base64, of the upload's algorithm. */
  readonly checksum: string;
}

/** Uploads and their parts. A completed upload's parts stay: they are the object's content. */
export interface UploadTable {
  get(bucket: string, key: string, id: string): UploadRecord | undefined;
  put(upload: UploadRecord): void;
  delete(upload: Pick<UploadRecord, "bucket" | "key" | "id">): void;
  inBucket(bucket: string): readonly UploadRecord[];
  part(upload: string, number: number): PartRecord | undefined;
  putPart(upload: string, part: PartRecord): void;
  deletePart(upload: string, number: number): void;
  /** Where the part begins in the finished object. */
  placePart(upload: string, number: number, start: number): void;
  parts(upload: string, range?: { readonly after?: number; readonly limit?: number }): readonly PartRecord[];
}

interface PartRow {
  readonly number: number;
  readonly size: number;
  readonly blob: string;
  readonly record: string;
}

const partOf = ({ number, size, blob, record }: PartRow): PartRecord =>
  ({ number, size, blob, ...(JSON.parse(record) as Pick<PartRecord, "etag" | "modified" | "checksum">) });

export function openUploads(store: Store): UploadTable {
  type Row = { readonly record: string };
  const select = store.prepare<Row>("SELECT record FROM s3_uploads WHERE bucket = ? AND key = ? AND id = ?");
  const upsert = store.prepare("INSERT OR REPLACE INTO s3_uploads (bucket, key, id, record) VALUES (?, ?, ?, ?)");
  const remove = store.prepare("DELETE FROM s3_uploads WHERE bucket = ? AND key = ? AND id = ?");
  const all = store.prepare<Row>("SELECT record FROM s3_uploads WHERE bucket = ? ORDER BY key");
  const selectPart = store.prepare<PartRow>("SELECT number, size, blob, record FROM s3_parts WHERE upload = ? AND number = ?");
  const selectParts = store.prepare<PartRow>("SELECT number, size, blob, record FROM s3_parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?");
  const upsertPart = store.prepare("INSERT OR REPLACE INTO s3_parts (upload, number, start, size, blob, record) VALUES (?, ?, 0, ?, ?, ?)");
  const removePart = store.prepare("DELETE FROM s3_parts WHERE upload = ? AND number = ?");
  const place = store.prepare("UPDATE s3_parts SET start = ? WHERE upload = ? AND number = ?");
  const parse = (row: Row): UploadRecord => JSON.parse(row.record) as UploadRecord;
  return {
    get: (bucket, key, id) => {
      const row = select.get(bucket, key, id);
      return row && parse(row);
    },
    put: (upload) => void upsert.run(upload.bucket, upload.key, upload.id, JSON.stringify(upload)),
    delete: ({ bucket, key, id }) => void remove.run(bucket, key, id),
    inBucket: (bucket) => all.all(bucket).map(parse),
    part: (upload, number) => {
      const row = selectPart.get(upload, number);
      return row && partOf(row);
    },
    putPart: (upload, { number, size, blob, etag, modified, checksum }) =>
      void upsertPart.run(upload, number, size, blob, JSON.stringify({ etag, modified, checksum })),
    deletePart: (upload, number) => void removePart.run(upload, number),
    placePart: (upload, number, start) => void place.run(start, upload, number),
    parts: (upload, { after = 0, limit = -1 } = {}) => selectParts.all(upload, after, limit).map(partOf),
  };
}
