import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { openContents, type Contents } from "../../../src/services/s3/content/contents.ts";
import { objects } from "../../../src/services/s3/migrations/0001-objects.ts";
import { silentLog } from "../../../src/shared/log.ts";
import { systemRandom } from "../../../src/shared/random.ts";
import { openStore, type Store } from "../../../src/store/index.ts";

const OPTIONS = { algorithm: "CRC32", inlineBytes: 0, signal: new AbortController().signal } as const;

function open(folder: string): { readonly store: Store; readonly contents: Contents } {
  const store = openStore({ folder, migrations: [objects], random: systemRandom, durability: "process" });
  return { store, contents: openContents({ store, log: silentLog, random: systemRandom }) };
}

const files = (folder: string): number =>
  readdirSync(join(folder, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

test("a file that is in its place but in no record goes at the next start, and no other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-contents-"));
  const first = open(folder);
  const kept = await first.contents.receive(Buffer.alloc(1000), OPTIONS);
  first.contents.change((change) => change.adopt(kept.place));
  // As a crash would leave them: one small, one streamed, both without a record.
  await first.contents.receive(Buffer.alloc(1000), OPTIONS);
  await first.contents.receive(Readable.from([Buffer.alloc(1_000_000)]), OPTIONS);
  expect(files(folder)).toBe(3);
  first.store.close();
  const second = open(folder);
  const arriving = await second.contents.receive(Buffer.alloc(1000), OPTIONS);
  expect(await second.contents.sweep()).toBe(2);
  expect(files(folder)).toBe(2);
  second.contents.change((change) => change.adopt(arriving.place));
  second.store.close();
  rmSync(folder, { recursive: true });
});

test("a change that fails changes nothing, neither records nor files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-contents-"));
  const { store, contents } = open(folder);
  const { place } = await contents.receive(Buffer.alloc(1000), OPTIONS);
  const content = contents.change((change) => change.adopt(place));
  expect(() => contents.change((change) => {
    change.forget(content);
    throw new Error("on purpose");
  })).toThrow("on purpose");
  expect(contents.read(content, { start: 0, end: 999 })).toHaveLength(1000);
  store.close();
  rmSync(folder, { recursive: true });
});

test("a body that fails or is given up leaves no file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-contents-"));
  const { store, contents } = open(folder);
  const failing = Readable.from((async function* () {
    yield Buffer.alloc(1_000_000);
    throw new Error("broken off");
  })());
  await expect(contents.receive(failing, OPTIONS)).rejects.toThrow("broken off");
  const leaving = new AbortController();
  const endless = Readable.from((async function* () {
    for (let count = 0; ; count += 1) {
      yield Buffer.alloc(100_000);
      if (count === 10) leaving.abort(new Error("the client went away"));
    }
  })());
  await expect(contents.receive(endless, { ...OPTIONS, signal: leaving.signal })).rejects.toThrow("the client went away");
  expect(files(folder)).toBe(0);
  store.close();
  rmSync(folder, { recursive: true });
});

test("bodies of every kind are taken", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-contents-"));
  const { store, contents } = open(folder);
  const bodies = [undefined, "hello", Buffer.from("hello"), new Uint8Array(5), new Blob(["hello"]), new Blob(["hello"]).stream(), Readable.from(["hello"]), Readable.from([Buffer.from("hello")])];
  const sizes = [];
  for (const body of bodies) sizes.push((await contents.receive(body, OPTIONS)).size);
  expect(sizes).toEqual([0, 5, 5, 5, 5, 5, 5, 5]);
  store.close();
  rmSync(folder, { recursive: true });
});
