export { openStore, type OpenStoreOptions } from "./open.ts";
export type { Collection, ListOptions, Migration, Statement, Store } from "./store.ts";
export type { BlobStore, BlobWriter } from "./blobs.ts";
export { collectionTable } from "./collection.ts";
