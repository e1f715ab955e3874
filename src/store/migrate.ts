import type { DatabaseSync } from "node:sqlite";
import { DataFolderError } from "./data-folder-error.ts";
import type { Migration } from "./store.ts";

/** Brings the data folder up to this version, each change once and whole. A folder with changes unknown to us is newer: refused. */
export function migrate(database: DatabaseSync, migrations: readonly Migration[], folder: string): void {
  database.exec("CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY) WITHOUT ROWID");
  const applied = new Set((database.prepare("SELECT id FROM migrations").all() as { id: string }[]).map((row) => row.id));
  const known = new Set(migrations.map((migration) => migration.id));
  const foreign = [...applied].filter((id) => !known.has(id));
  if (foreign.length > 0) {
    throw new DataFolderError(
      `${folder} was written by a newer version of sagebrush (unknown: ${foreign.join(", ")}). Update sagebrush, or give another folder with --data.`,
    );
  }
  const record = database.prepare("INSERT INTO migrations (id) VALUES (?)");
  for (const migration of migrations.filter((each) => !applied.has(each.id))) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(migration.sql);
      record.run(migration.id);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw new Error(`migration ${migration.id} failed: ${(error as Error).message}`, { cause: error });
    }
  }
}
