import { collectionTable, type Migration } from "../../../store/index.ts";

/**
 * A blob file is named by exactly one of: an object, a part, or `s3_unreferenced` (being written, or to be deleted). What
 * that last table names when the server starts is deleted, so a crash leaves no file behind and no folder need be searched.
 * Parts stay under their upload's id when the upload completes: the object then names that id, and nothing is copied.
 */
export const objects: Migration = {
  id: "s3/0001-objects",
  sql: `
    ${collectionTable("s3_buckets")};
    CREATE TABLE s3_objects (
      bucket TEXT NOT NULL, key TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (bucket, key)
    ) WITHOUT ROWID;
    CREATE TABLE s3_inline (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE s3_uploads (
      bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (bucket, key, id)
    ) WITHOUT ROWID;
    CREATE TABLE s3_parts (
      upload TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL, blob TEXT NOT NULL,
      record TEXT NOT NULL, PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;
    CREATE TABLE s3_unreferenced (blob TEXT PRIMARY KEY) WITHOUT ROWID;
  `,
};
