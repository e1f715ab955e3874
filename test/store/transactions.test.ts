import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemRandom } from "../../src/shared/random.ts";
import { collectionTable, openStore, type Store } from "../../src/store/index.ts";

const open = (): Store => openStore({
  folder: mkdtempSync(join(tmpdir(), "store-")), migrations: [{ id: "test/0001", sql: collectionTable("things") }], random: systemRandom, durability: "process",
});

test("an inner transaction that fails leaves the outer one without its writes", () => {
  const store = open();
  const things = store.collection<number>("things");
  store.transaction(() => {
    things.put("outer", 1);
    expect(() => store.transaction(() => {
      things.put("inner", 2);
      throw new Error("no");
    })).toThrow("no");
  });
  expect(things.entries()).toEqual([["outer", 1]]);
  store.close();
});

test("an outer transaction that fails takes its inner ones with it", () => {
  const store = open();
  const things = store.collection<number>("things");
  expect(() => store.transaction(() => {
    store.transaction(() => things.put("inner", 2));
    throw new Error("no");
  })).toThrow("no");
  expect(things.entries()).toEqual([]);
  store.close();
});

test("work that would end later is refused", () => {
  const store = open();
  expect(() => store.transaction(async () => undefined)).toThrow("must be synchronous");
  store.close();
});
