import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { unpackPackage } from "../../../src/runtimes/functions/unpack.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "unpack-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface File {
  readonly name: string;
  readonly content: string | Buffer;
  readonly mode?: number;
}

async function zip(files: readonly File[]): Promise<Buffer> {
  const archive = new ZipFile();
  for (const { name, content, mode } of files) archive.addBuffer(Buffer.from(content as string), name, mode === undefined ? {} : { mode });
  archive.end();
  return buffer(archive.outputStream);
}

/** Changes a name inside a finished archive, which no honest writer would write. */
const rename = (archive: Buffer, from: string, to: string): Buffer => Buffer.from(archive.toString("latin1").replaceAll(from, to), "latin1");

test("files, folders and the executable bit come out as they went in", async () => {
  const result = await unpackPackage(await zip([{ name: "index.js", content: "one" }, { name: "bin/tool", content: "two", mode: 0o100755 }]), join(folder, "code"));
  expect(result).toEqual({ bytes: 6, files: 2 });
  expect(await readFile(join(folder, "code/index.js"), "utf8")).toBe("one");
  expect((await stat(join(folder, "code/bin/tool"))).mode & 0o777).toBe(0o755);
});

test.each([["out of the folder", "../evil"], ["to an absolute place", "/tmp/ev"]])("an entry that leads %s is refused and leaves nothing behind", async (_what, name) => {
  const archive = rename(await zip([{ name: "x".repeat(name.length), content: "bad" }]), "x".repeat(name.length), name);
  await expect(unpackPackage(archive, join(folder, "code"))).rejects.toMatchObject({ name: "UnpackError", kind: "unreadable" });
  expect(await readdir(folder)).toEqual([]);
});

test("a symbolic link is refused", async () => {
  const archive = await zip([{ name: "link", content: "/etc/passwd", mode: 0o120777 }]);
  await expect(unpackPackage(archive, join(folder, "code"))).rejects.toMatchObject({ kind: "unreadable", message: "link is a link or a special file" });
});

test("what is no zip file is refused", async () => {
  await expect(unpackPackage(Buffer.from("not a zip"), join(folder, "code"))).rejects.toMatchObject({ kind: "unreadable" });
});

test("a package over the limit is refused by what it says of itself", async () => {
  const archive = await zip([{ name: "big", content: Buffer.alloc(2000) }]);
  await expect(unpackPackage(archive, join(folder, "code"), 1000)).rejects.toMatchObject({ kind: "too-large" });
});

test("a bomb that lies about its size is refused", async () => {
  const archive = await zip([{ name: "bomb", content: Buffer.alloc(100_000) }]);
  // The uncompressed size stands in the central directory and the local header; both now claim 10 bytes.
  const honest = Buffer.alloc(4);
  honest.writeUInt32LE(100_000);
  const lie = Buffer.alloc(4);
  lie.writeUInt32LE(10);
  const lying = rename(archive, honest.toString("latin1"), lie.toString("latin1"));
  await expect(unpackPackage(lying, join(folder, "code"), 1000)).rejects.toMatchObject({ name: "UnpackError" });
  expect(await readdir(folder)).toEqual([]);
});

test("half an archive is refused", async () => {
  const archive = await zip([{ name: "index.js", content: "x".repeat(5000) }]);
  await expect(unpackPackage(archive.subarray(0, archive.length / 2), join(folder, "code"))).rejects.toMatchObject({ kind: "unreadable" });
});
