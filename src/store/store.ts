import type { BlobStore } from "./blobs.ts";

/** A change of the data folder's layout. Applied once, in order; ids sort by service and number: `s3/0001-objects`. */
export interface Migration {
  readonly id: string;
  readonly sql: string;
}

export interface ListOptions {
  /** Only keys that begin with this text. */
  readonly prefix?: string;
  /** Only keys after this one (exclusive), in UTF-8 byte order. */
  readonly after?: string;
  /** Only keys from this one on (inclusive). */
  readonly from?: string;
  readonly limit?: number;
}

/** Records of one kind by text key, ordered by the key's UTF-8 bytes. Values are JSON; Dates do not survive, use Instants. */
export interface Collection<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  put(key: string, value: T): void;
  /** Puts only when nobody has the key; false when somebody has. */
  insert(key: string, value: T): boolean;
  /** Reads, changes and writes in one step; undefined when the key is not there. */
  update(key: string, change: (value: T) => T): T | undefined;
  delete(key: string): boolean;
  entries(options?: ListOptions): readonly (readonly [key: string, value: T])[];
  values(options?: ListOptions): readonly T[];
}

export type SqlValue = string | number | bigint | Uint8Array | null;

/** A prepared statement for services whose records need more than a key. */
export interface Statement<Row> {
  get(...values: readonly SqlValue[]): Row | undefined;
  all(...values: readonly SqlValue[]): readonly Row[];
  run(...values: readonly SqlValue[]): { readonly changes: number };
}

/** The embedded database and the blob files of one data folder. An acknowledged write survives the death of the process. */
export interface Store {
  /** A collection over a table made by `collectionTable(name)` in a migration. */
  collection<T>(name: string): Collection<T>;
  prepare<Row>(sql: string): Statement<Row>;
  /** All or nothing; synchronous; nests. */
  transaction<T>(work: () => T): T;
  readonly blobs: BlobStore;
  /** The data folder's absolute path, for services that keep files of their own (logs, machines). */
  readonly folder: string;
  /** `process`: what is acknowledged survives the process's death. `full`: power loss too; own files are synced then. */
  readonly durability: "process" | "full";
  close(): void;
}
