import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { instant } from "../../../src/base/instant.ts";
import { seededRandom } from "../../../src/shared/random.ts";
import { readPage, type PageRequest, type Place } from "../../../src/services/logs/storage/page.ts";
import { openStreamLog, type StreamLog } from "../../../src/services/logs/storage/stream-log.ts";

function temporary() {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-segments-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const read = async (log: StreamLog, options: Partial<PageRequest> = {}) =>
  readPage({
    streams: [{ id: "a", blocks: log.blocks() }], direction: "forward", startTime: 0, endTime: Infinity, limit: 10_000, maxBytes: 1 << 20, ...options,
  });
const event = (timestamp: number, message: string) => ({ timestamp: instant(timestamp), message });
const texts = async (log: StreamLog) => (await read(log)).events.map(({ message }) => message);
const files = (folder: string, end: string) => readdirSync(folder).filter((name) => name.endsWith(end)).sort();

describe("a stream's segments", () => {
  it("keep what was appended without being closed, as a process leaves them that dies", async () => {
    using place = temporary();
    openStreamLog(place.folder, "process").append([event(1, "a"), event(2, "b")], instant(3));
    const again = openStreamLog(place.folder, "process");
    again.append([event(4, "c")], instant(5));
    const { events } = await read(again);
    expect(events).toMatchObject([{ message: "a", sequence: 0, ingestion: 3 }, { message: "b", sequence: 1 }, { message: "c", sequence: 2, ingestion: 5 }]);
  });

  it("hold every event that was acknowledged before kill -9", async () => {
    using place = temporary();
    const program = join(import.meta.dirname, "programs", "append-forever.ts");
    const child = spawn(process.execPath, [program, place.folder], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (text) => {
      printed += String(text);
      if (printed.length > 5000) child.kill("SIGKILL");
    });
    await once(child, "close");
    const acknowledged = printed.split("\n").length - 1;
    const log = openStreamLog(place.folder, "process");
    const numbers: number[] = [];
    let from: Place | undefined;
    do {
      const page: Awaited<ReturnType<typeof readPage>> = await read(log, { from });
      numbers.push(...page.events.map(({ message }) => Number.parseInt(message, 10)));
      from = page.rest;
    } while (from !== undefined);
    expect(numbers.length).toBeGreaterThanOrEqual(acknowledged);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it("are cut where a write was torn, and go on from there", async () => {
    using place = temporary();
    openStreamLog(place.folder, "process").append([event(1, "whole"), event(2, "torn")], instant(3));
    const [name = ""] = files(place.folder, ".log");
    const file = join(place.folder, name);
    truncateSync(file, readFileSync(file).length - 2);
    const again = openStreamLog(place.folder, "process");
    expect(await texts(again)).toEqual(["whole"]);
    again.append([event(4, "next")], instant(5));
    expect(await texts(openStreamLog(place.folder, "process"))).toEqual(["whole", "next"]);
  });

  it("are not fooled by garbage at their end", async () => {
    using place = temporary();
    openStreamLog(place.folder, "process").append([event(1, "whole")], instant(3));
    appendFileSync(join(place.folder, files(place.folder, ".log")[0] ?? ""), Buffer.from([30, 0, 0, 0, 1, 2, 3, 4, ...Buffer.alloc(30, 7)]));
    expect(await texts(openStreamLog(place.folder, "process"))).toEqual(["whole"]);
  });

  it("use a saved index only while it fits", async () => {
    using place = temporary();
    const log = openStreamLog(place.folder, "process");
    log.append([event(1, "a")], instant(1));
    log.close();
    expect(files(place.folder, ".index")).toHaveLength(1);
    expect(await texts(openStreamLog(place.folder, "process"))).toEqual(["a"]);
    openStreamLog(place.folder, "process").append([event(2, "b")], instant(2));
    expect(await texts(openStreamLog(place.folder, "process"))).toEqual(["a", "b"]);
    writeFileSync(join(place.folder, files(place.folder, ".index")[0] ?? ""), "{ broken");
    expect(await texts(openStreamLog(place.folder, "process"))).toEqual(["a", "b"]);
  });

  it("are dropped when all in them has expired, and numbers go on", async () => {
    using place = temporary();
    const log = openStreamLog(place.folder, "process");
    for (let index = 0; index < 20; index += 1) log.append([event(index, String(index).repeat(500_000))], instant(index));
    const before = files(place.folder, ".log");
    expect(before.length).toBeGreaterThan(1);
    expect(log.dropBefore(instant(15))).toBe(true);
    expect(files(place.folder, ".log").length).toBeLessThan(before.length);
    const first = log.summary().firstEvent ?? 0;
    expect(first).toBeLessThanOrEqual(15);
    expect(log.dropBefore(instant(100))).toBe(true);
    expect(log.summary()).toEqual({ firstEvent: undefined, lastEvent: undefined, storedBytes: 0 });
    log.append([event(101, "new")], instant(101));
    log.close();
    expect((await read(openStreamLog(place.folder, "process"))).events).toMatchObject([{ message: "new", sequence: 20 }]);
  });
});

describe("a page", () => {
  it("is the same as sorting everything, in both directions, however the events came", async () => {
    using place = temporary();
    const random = seededRandom(7);
    const log = openStreamLog(place.folder, "process");
    const all: { timestamp: number; message: string }[] = [];
    for (let batch = 0; batch < 40; batch += 1) {
      const start = Math.floor(random.fraction() * 2000);
      const events = Array.from({ length: 200 }, (_, index) => event(start + Math.floor(index / 3), `${batch}/${index} ${"x".repeat(Math.floor(random.fraction() * 200))}`));
      log.append(events, instant(batch));
      all.push(...events);
    }
    const sorted = all.map((each, index) => ({ ...each, index })).sort((a, b) => a.timestamp - b.timestamp || a.index - b.index).map(({ message }) => message);
    for (const direction of ["forward", "backward"] as const) {
      const seen: string[] = [];
      let from: Place | undefined;
      do {
        const page: Awaited<ReturnType<typeof readPage>> = await read(log, { direction, from, limit: 333, maxBytes: 30_000 });
        const messages = page.events.map(({ message }) => message);
        if (direction === "forward") seen.push(...messages);
        else seen.unshift(...messages);
        from = page.rest;
      } while (from !== undefined);
      expect(seen).toEqual(sorted);
    }
  });

  it("ends after sixteen megabytes of reading, with the place to go on from", async () => {
    using place = temporary();
    const log = openStreamLog(place.folder, "process");
    for (let index = 0; index < 40; index += 1) log.append([event(index, `${index} ${"y".repeat(900_000)}`)], instant(index));
    const accept = (message: string): boolean => message.startsWith("39 ");
    const first = await read(log, { accept });
    expect(first.events).toEqual([]);
    expect(first.rest?.timestamp).toBeGreaterThan(10);
    const second = await read(log, { accept, from: first.rest });
    const third = await read(log, { accept, from: second.rest });
    expect(third.events).toHaveLength(1);
    expect(third.rest).toBeUndefined();
  });
});
