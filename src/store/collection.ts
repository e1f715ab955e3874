import type { DatabaseSync } from "node:sqlite";
import type { Collection, ListOptions } from "./store.ts";

/** The SQL of a collection's table, for a migration. */
export const collectionTable = (name: string): string =>
  `CREATE TABLE ${name} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`;

interface Row {
  readonly key: string;
  readonly value: string;
}

/** The smallest text that sorts after every text with this prefix in UTF-8 byte order; undefined when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  while (points.length > 0) {
    const last = points.pop()?.codePointAt(0) ?? 0;
    // Surrogates are no code points of their own in UTF-8: the one after U+D7FF is U+E000.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    if (next <= 0x10ffff) return points.join("") + String.fromCodePoint(next);
  }
  return undefined;
}

/** SQLite sorts every blob after every text: a bound that the index can use and that no key reaches. */
export const UNBOUNDED: Uint8Array = new Uint8Array(0);

export function openCollection<T>(database: DatabaseSync, name: string, transaction: <R>(work: () => R) => R): Collection<T> {
  const select = database.prepare(`SELECT value FROM ${name} WHERE key = ?`);
  const upsert = database.prepare(`INSERT INTO ${name} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
  const insert = database.prepare(`INSERT INTO ${name} (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`);
  const remove = database.prepare(`DELETE FROM ${name} WHERE key = ?`);
  const range = database.prepare(`SELECT key, value FROM ${name} WHERE key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?`);
  const fromFirst = database.prepare(`SELECT key, value FROM ${name} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?`);

  const parse = (row: unknown): T => JSON.parse((row as Row).value) as T;
  const get = (key: string): T | undefined => {
    const row = select.get(key);
    return row === undefined ? undefined : parse(row);
  };
  const rows = ({ prefix = "", after, from, limit = -1 }: ListOptions = {}): readonly Row[] => {
    const low = from !== undefined && from > prefix ? from : prefix;
    const high = afterPrefix(prefix) ?? UNBOUNDED;
    const found = after === undefined
      ? fromFirst.all(low, high, limit)
      : range.all(low, after, high, limit);
    return found as unknown as readonly Row[];
  };
  return {
    get,
    has: (key) => select.get(key) !== undefined,
    put: (key, value) => void upsert.run(key, JSON.stringify(value)),
    insert: (key, value) => insert.run(key, JSON.stringify(value)).changes === 1,
    update: (key, change) => transaction(() => {
      const present = get(key);
      if (present === undefined) return undefined;
      const next = change(present);
      upsert.run(key, JSON.stringify(next));
      return next;
    }),
    delete: (key) => remove.run(key).changes === 1,
    entries: (options) => rows(options).map((row) => [row.key, parse(row)] as const),
    values: (options) => rows(options).map(parse),
  };
}
