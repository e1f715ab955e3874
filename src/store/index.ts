export { claimFolder, openStore, type OpenStoreOptions } from "./open.ts";
export type { Collection, ListOptions, Migration, SqlValue, Statement, Store } from "./store.ts";
export type { BlobStore, BlobWriter } from "./blobs.ts";
export { afterPrefix, collectionTable, UNBOUNDED } from "./collection.ts";
