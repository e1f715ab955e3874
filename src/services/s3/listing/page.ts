import { afterPrefix, UNBOUNDED, type SqlValue } from "../../../store/index.ts";

export interface PageRequest {
  readonly prefix: string;
  /** Keys are rolled up at its first occurrence after the prefix; empty for none. */
  readonly delimiter: string;
  /** Only what comes after this key or common prefix, in UTF-8 order; empty for the beginning. */
  readonly after: string;
  readonly limit: number;
}

/** Gives up to `limit` rows from `from` on, inclusive, before `before`. */
export type Scan<Row> = (range: { readonly from: string; readonly before: SqlValue; readonly limit: number }) => readonly Row[];

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly commonPrefixes: readonly string[];
  /** The key or common prefix that came last; undefined when nothing more is to come. */
  readonly next: string | undefined;
}

const FIRST_BATCH = 32;

/** The text that comes right after this one in byte order. */
const successor = (text: string): string => `${text}\0`;

const isBefore = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

/** The common prefix that a key is rolled up into, if any. */
function rollUp(key: string, { prefix, delimiter }: PageRequest): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** Where to begin: after a key inside a common prefix, the whole of that prefix is behind us. */
function firstKey(request: PageRequest): string | undefined {
  const { prefix, after } = request;
  if (after === "" || (isBefore(after, prefix) && !after.startsWith(prefix))) return prefix;
  if (!after.startsWith(prefix)) return successor(after);
  const rolled = rollUp(after, request);
  return rolled === undefined ? successor(after) : afterPrefix(rolled);
}

/**
 * One page of a listing. A common prefix costs one seek however many keys it stands for: the scan goes on behind it instead
 * of reading through it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
export function listPage<Row extends { readonly key: string }>(request: PageRequest, scan: Scan<Row>): Page<Row> {
  const { prefix, delimiter, limit } = request;
  const before = (prefix === "" ? undefined : afterPrefix(prefix)) ?? UNBOUNDED;
  const rows: Row[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  let rolled: string | undefined;
  let from = firstKey(request);
  let batch = delimiter === "" ? limit + 1 : FIRST_BATCH;
  if (limit === 0) return { rows, commonPrefixes, next: undefined };
  while (from !== undefined) {
    const found = scan({ from, before, limit: Math.min(batch, limit + 1) });
    for (const row of found) {
      if (rolled !== undefined && row.key.startsWith(rolled)) continue;
      if (rows.length + commonPrefixes.length === limit) return { rows, commonPrefixes, next: last };
      rolled = rollUp(row.key, request);
      if (rolled === undefined) rows.push(row);
      else commonPrefixes.push(rolled);
      last = rolled ?? row.key;
    }
    const end = found.at(-1);
    if (!end || found.length < Math.min(batch, limit + 1)) break;
    const inside = rolled !== undefined && end.key.startsWith(rolled);
    from = inside && rolled !== undefined ? afterPrefix(rolled) : successor(end.key);
    batch = inside ? FIRST_BATCH : batch * 2;
  }
  return { rows, commonPrefixes, next: undefined };
}
