import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { feedPipes } from "../../src/services/sagemaker/training-job/pipe/feed.ts";
import { systemClock } from "../../src/shared/clock.ts";

const CHUNK = 64 * 1024;

test("a pipe is filled no faster than it is read, and its end does not wait for its reader", async () => {
  const machine = mkdtempSync(join(tmpdir(), "sagebrush-pipe-"));
  const ml = join(machine, "ml");
  mkdirSync(join(ml, "input/data"), { recursive: true });
  let pulled = 0;
  const epoch = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      pulled += 1;
      yield await Promise.resolve(Buffer.alloc(CHUNK, pulled));
    }
  };
  const feed = await feedPipes([{ channel: "train", epoch }], { ml, machine }, systemClock);
  const reader = openSync(join(ml, "input/data/train_0"), constants.O_RDONLY | constants.O_NONBLOCK);
  await expect.poll(() => pulled).toBeGreaterThan(0);
  await pause(200);
  const waiting = pulled;
  expect(waiting).toBeLessThanOrEqual(3);
  const read = (bytes: number): void => void readSync(reader, Buffer.alloc(bytes));
  for (let reads = 0; reads < 8; reads += 1) {
    read(CHUNK);
    await pause(20);
  }
  expect(pulled).toBeGreaterThan(waiting);
  expect(pulled).toBeLessThanOrEqual(waiting + 8);
  await feed.end();
  closeSync(reader);
  rmSync(machine, { recursive: true });
});
