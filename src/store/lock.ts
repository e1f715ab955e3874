import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataFolderError } from "./open.ts";

/**
 * Keeps a second server out of the data folder. The lock is SQLite's own on an empty database: the system frees it when
 * the process dies, however it dies, so there is no stale lock to clean up.
 */
export function lockFolder(folder: string): () => void {
  const holder = join(folder, "server.pid");
  const database = new DatabaseSync(join(folder, "lock.sqlite"));
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    throw new DataFolderError(`${folder} is in use by another server (process ${readHolder(holder)}). Stop it, or give another folder with --data.`);
  }
  writeFileSync(holder, `${process.pid}\n`);
  return () => database.close();
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "unknown";
  }
}
