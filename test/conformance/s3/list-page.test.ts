import fc from "fast-check";
import { expect, test } from "vitest";
import { listPage, type PageRequest, type Scan } from "../../../src/services/s3/listing/page.ts";

const byteOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

interface Row {
  readonly key: string;
}

/** A table of keys that counts what is read from it. */
function tableOf(keys: readonly string[]): { readonly scan: Scan<Row>; readonly rowsRead: () => number } {
  const sorted = [...new Set(keys)].sort(byteOrder);
  let rows = 0;
  return {
    rowsRead: () => rows,
    scan: ({ from, before, limit }) => {
      const found = sorted.filter((key) => byteOrder(key, from) >= 0 && (typeof before !== "string" || byteOrder(key, before) < 0)).slice(0, limit);
      rows += found.length;
      return found.map((key) => ({ key }));
    },
  };
}

/** What a listing is, said plainly: roll up every key, then cut. */
function plainly(keys: readonly string[], { prefix, delimiter, after, limit }: PageRequest): { readonly names: readonly string[]; readonly more: boolean } {
  const names = new Set<string>();
  for (const key of [...new Set(keys)].sort(byteOrder).filter((each) => each.startsWith(prefix))) {
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const name = at < 0 ? key : key.slice(0, at + delimiter.length);
    const behind = after !== "" && (at < 0 ? byteOrder(name, after) <= 0 : byteOrder(name, after) <= 0 || after.startsWith(name));
    if (!behind) names.add(name);
  }
  return { names: [...names].slice(0, limit), more: names.size > limit && limit > 0 };
}

const names = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "🐕", "\u{ffff}"), maxLength: 6 });

test("a page is what plain rolling up and cutting would give", () => {
  fc.assert(fc.property(
    fc.array(names.filter((name) => name !== ""), { maxLength: 60 }),
    fc.record({ prefix: fc.oneof(fc.constant(""), names), delimiter: fc.constantFrom("", "/", "b/"), after: fc.oneof(fc.constant(""), names), limit: fc.nat({ max: 8 }) }),
    (keys, request) => {
      const page = listPage(request, tableOf(keys).scan);
      const expected = plainly(keys, request);
      const seen = [...page.rows.map((row) => row.key), ...page.commonPrefixes].sort(byteOrder);
      expect({ seen, more: page.next !== undefined }).toEqual({ seen: expected.names, more: expected.more });
    },
  ), { numRuns: 3000 });
});

test("a common prefix costs a seek, not a scan", () => {
  const keys = Array.from({ length: 20 }, (_, folder) => Array.from({ length: 2000 }, (_, file) => `folder-${String(folder).padStart(2, "0")}/${file}`)).flat();
  const table = tableOf(keys);
  expect(listPage({ prefix: "", delimiter: "/", after: "", limit: 1000 }, table.scan).commonPrefixes).toHaveLength(20);
  expect(table.rowsRead()).toBeLessThan(20 * 40);
});
