import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSplitter, readLines } from "../../src/machines/lines.ts";

const never = (error: unknown): void => expect.fail(String(error));

test("a line that cannot be taken is lost alone, and its reason is told once", async () => {
  const stream = new PassThrough();
  const taken: string[] = [];
  const failures: unknown[] = [];
  const done = readLines(stream, (line) => {
    if (line === "throws") throw new Error("no room");
    if (line === "rejects") return Promise.reject(new Error("no room either"));
    taken.push(line);
  }, (error) => failures.push((error as Error).message));
  stream.end("a\nthrows\nb\nrejects\nthrows\nc");
  await done;
  expect(taken).toEqual(["a", "b", "c"]);
  expect(failures).toEqual(["no room"]);
});

test("lines come out the same however the bytes are cut", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, ""))), fc.array(fc.nat(20)), (lines, cuts) => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    const splitter = createSplitter();
    const seen: string[] = [];
    let at = 0;
    for (const cut of [...cuts, bytes.length]) {
      seen.push(...splitter.push(bytes.subarray(at, at + cut)));
      at += cut;
    }
    seen.push(...splitter.push(bytes.subarray(at)), ...splitter.end());
    expect(seen).toEqual(lines);
  }));
});

test("a line without end is cut, and the next one is whole", () => {
  const splitter = createSplitter(8);
  expect([...splitter.push(Buffer.from("0123456")), ...splitter.push(Buffer.from("789abc")), ...splitter.push(Buffer.from("def\nnext\r\nrest"))]).toEqual(["01234567", "next"]);
  expect(splitter.end()).toEqual(["rest"]);
});

test("the stream is held while lines are being taken", async () => {
  const stream = new PassThrough();
  let release = (): void => undefined;
  const taken: string[] = [];
  const done = readLines(stream, (line) => {
    taken.push(line);
    return line === "a" ? new Promise((resolve) => (release = resolve)) : undefined;
  }, never);
  stream.write("a\n");
  await new Promise(setImmediate);
  expect(stream.isPaused()).toBe(true);
  stream.end("b\n");
  release();
  await done;
  expect(taken).toEqual(["a", "b"]);
});

test("a stream that was closed before anybody read it has no lines, and is waited for no longer", async () => {
  const stream = new PassThrough();
  stream.destroy();
  await new Promise((resolve) => stream.once("close", resolve));
  await readLines(stream, () => expect.unreachable(), never);
});
