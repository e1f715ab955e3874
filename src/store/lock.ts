import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataFolderError } from "./data-folder-error.ts";

/**
 * Keeps a second server out of the data folder. The lock is SQLite's own on an empty database: the system frees it when
 * the process dies, however it dies, so there is no stale lock to clean up.
 */
export function lockFolder(folder: string): () => void {
  const holder = join(folder, "server.pid");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, "lock.sqlite"));
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    writeFileSync(holder, `${process.pid}\n`);
  } catch (error) {
    database?.close();
    throw (error as { readonly errcode?: number }).errcode === BUSY
      ? new DataFolderError(`${folder} is in use by another server (process ${readHolder(holder)}). Stop it, or give another folder with --data.`)
      : new DataFolderError(`${folder} cannot be written (${(error as Error).message}). Give another folder with --data.`, { cause: error });
  }
  const held = database;
  return () => held.close();
}

/** https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "unknown";
  }
}
