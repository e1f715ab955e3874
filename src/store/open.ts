import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Random } from "../shared/random.ts";
import { openBlobs } from "./blobs.ts";
import { openCollection } from "./collection.ts";
import { DataFolderError } from "./data-folder-error.ts";
import { lockFolder } from "./lock.ts";
import { migrate } from "./migrate.ts";
import type { Migration, Statement, Store } from "./store.ts";

export interface OpenStoreOptions {
  readonly folder: string;
  readonly migrations: readonly Migration[];
  readonly random: Random;
  /** `process`: survives the process's death. `full`: survives power loss too, at fsync's cost. */
  readonly durability: "process" | "full";
  /** Frees the folder, where `claimFolder` was called before. */
  readonly release?: () => void;
}

/** Locks a data folder, making it when it is not there, and gives what frees it. Throws DataFolderError when it is in use or cannot be made. */
export function claimFolder(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFolderError(`${folder} cannot be made a data folder (${(error as Error).message}). Give another with --data.`, { cause: error });
  }
  return lockFolder(folder);
}

const RECORDS = "records.sqlite";

/** Opens a data folder, claiming it unless that was done. Throws DataFolderError when it is in use, unusable, corrupt or newer; it is free then. */
export function openStore({ folder, migrations, random, durability, release }: OpenStoreOptions): Store {
  const unlock = release ?? claimFolder(folder);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(join(folder, RECORDS), durability);
    migrate(database, migrations, folder);
    return storeOver(database, { folder, random, durability }, unlock);
  } catch (error) {
    database?.close();
    unlock();
    throw error;
  }
}

function openDatabase(file: string, durability: "process" | "full"): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // It holds secret keys, and a folder that was there before may let others in. SQLite gives its other files the same mode.
    chmodSync(file, 0o600);
    // The folder has one server (lock.ts): without locks of its own, SQLite takes half the time for a small statement.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}; PRAGMA foreign_keys = ON`);
    if (!wasClosedWell(file) || statSync(file).size <= ALWAYS_CHECKED_BYTES) {
      const check = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
      if (check.quick_check !== "ok") throw new DamagedError(check.quick_check);
    }
    rmSync(closedMark(file), { force: true });
    return database;
  } catch (error) {
    database?.close();
    throw new DataFolderError(isDamage(error)
      ? `${file} is damaged (${(error as Error).message}). Restore it from a copy, or move the folder away to begin with an empty one.`
      : `${file} cannot be used (${(error as Error).message}). See who may write there and whether there is room, or give another folder with --data.`, { cause: error });
  }
}

/** A whole check costs 2 ms a megabyte; above this it is made only after an end that was not an orderly one. */
const ALWAYS_CHECKED_BYTES = 16 * 1024 * 1024;

const closedMark = (file: string): string => `${file}.closed`;
const wasClosedWell = (file: string): boolean => existsSync(closedMark(file));

/** Async work would commit before it ends. */
function synchronous<T>(result: T): T {
  if (result instanceof Promise) throw new Error("a transaction's work must be synchronous");
  return result;
}

class DamagedError extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB; anything else is about the file, not in it. https://www.sqlite.org/rescode.html */
const isDamage = (error: unknown): boolean => error instanceof DamagedError || [11, 26].includes((error as { readonly errcode?: number }).errcode ?? 0);

function storeOver(database: DatabaseSync, { folder, random, durability }: Omit<OpenStoreOptions, "migrations">, unlock: () => void): Store {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  let depth = 0;
  const transaction = <T>(work: () => T): T => {
    if (depth > 0) return inner(work);
    begin.run();
    depth = 1;
    try {
      const result = synchronous(work());
      commit.run();
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself; its error is the one to tell.
      if (database.isTransaction) rollback.run();
      throw error;
    } finally {
      depth = 0;
    }
  };
  /** All or nothing inside another one: who catches its error goes on without its writes. */
  const inner = <T>(work: () => T): T => {
    const name = `inner${depth}`;
    database.exec(`SAVEPOINT ${name}`);
    depth += 1;
    try {
      const result = synchronous(work());
      database.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    } finally {
      depth -= 1;
    }
  };
  return {
    collection: (name) => openCollection(database, name, transaction),
    prepare: <Row>(sql: string): Statement<Row> => {
      const statement = database.prepare(sql);
      return {
        get: (...values) => statement.get(...values) as Row | undefined,
        all: (...values) => statement.all(...values) as Row[],
        run: (...values) => ({ changes: Number(statement.run(...values).changes) }),
      };
    },
    transaction,
    blobs: openBlobs(join(folder, "blobs"), { random, durability }),
    folder,
    durability,
    close: () => {
      database.close();
      writeFileSync(closedMark(join(folder, RECORDS)), "");
      unlock();
    },
  };
}
