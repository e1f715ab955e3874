import { chmodSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemRandom } from "../../src/shared/random.ts";
import { collectionTable, openStore, type Migration, type Store } from "../../src/store/index.ts";

const MIGRATIONS: readonly Migration[] = [{ id: "test/0001", sql: collectionTable("things") }];
const open = (folder: string, migrations = MIGRATIONS): Store => openStore({ folder, migrations, random: systemRandom, durability: "full" });
const newFolder = (): string => mkdtempSync(join(tmpdir(), "sagebrush-store-"));
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("nobody else reads the records, even in a folder that was there before and lets others in", () => {
  const folder = newFolder();
  chmodSync(folder, 0o755);
  const store = open(folder);
  store.collection<string>("things").put("key", "secret");
  expect(["records.sqlite", "records.sqlite-wal", "blobs"].map((name) => modeOf(join(folder, name)))).toEqual(["600", "600", "700"]);
  store.close();
});

test("a folder has one server at a time, and is free again when that closes or cannot open it", () => {
  const folder = newFolder();
  const first = open(folder);
  expect(() => open(folder)).toThrow(`${folder} is in use by another server (process ${process.pid}).`);
  first.close();
  expect(() => open(folder, [{ id: "test/0000", sql: "not SQL" }, ...MIGRATIONS])).toThrow("migration test/0000 failed");
  open(folder).close();
});

test("what is wrong with a folder is said as it is", () => {
  const damaged = newFolder();
  writeFileSync(join(damaged, "records.sqlite"), "no database, but long enough to be looked at".repeat(10));
  expect(() => open(damaged)).toThrow("is damaged (file is not a database)");
  const unusable = newFolder();
  mkdirSync(join(unusable, "records.sqlite"));
  expect(() => open(unusable)).toThrow("cannot be used (unable to open database file)");
  const file = join(newFolder(), "file");
  writeFileSync(file, "");
  expect(() => open(file)).toThrow(`${file} cannot be made a data folder`);
  const newer = newFolder();
  open(newer, [...MIGRATIONS, { id: "test/0002", sql: collectionTable("more") }]).close();
  expect(() => open(newer)).toThrow("was written by a newer version of sagebrush (unknown: test/0002)");
});

test("with full durability blobs are kept and read as without", async () => {
  const { blobs, close } = open(newFolder());
  blobs.putSmall("ab01", [Buffer.from("small")]);
  const writer = blobs.create();
  await new Promise((resolve) => writer.stream.end("streamed", () => resolve(undefined)));
  await new Promise((resolve) => (writer.stream.closed ? resolve(undefined) : writer.stream.once("close", resolve)));
  const id = await writer.commit();
  await blobs.link(id, "ab02");
  expect(["ab01", id, "ab02"].map((each) => Buffer.from(blobs.readSmall(each, { start: 0, end: 99 })).toString())).toEqual(["small", "streamed", "streamed"]);
  close();
});
