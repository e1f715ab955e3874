import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What must be known of a machine to end it after this server's death. */
export interface JournalEntry {
  readonly id: string;
  readonly owner: string;
  readonly bootId: string;
  readonly folder: string;
  readonly groups: readonly string[];
  readonly uid: number | undefined;
  readonly mark: string;
  readonly processes: readonly { readonly pid: number; readonly startTicks: string }[];
}

/** One small file a living machine, written before anything starts and again with each process. */
export interface Journal {
  write(entry: JournalEntry): void;
  remove(id: string): void;
  read(): readonly JournalEntry[];
}

export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    write: (entry) => {
      const file = join(folder, `${entry.id}.json`);
      writeFileSync(`${file}.new`, JSON.stringify(entry), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    remove: (id) => rmSync(join(folder, `${id}.json`), { force: true }),
    read: () => readdirSync(folder).filter((name) => name.endsWith(".json")).flatMap((name) => parse(join(folder, name))),
  };
}

/** A file that cannot be read was never renamed into place by us; there is nothing to end behind it. */
function parse(file: string): readonly JournalEntry[] {
  try {
    return [JSON.parse(readFileSync(file, "utf8")) as JournalEntry];
  } catch {
    rmSync(file, { force: true });
    return [];
  }
}
