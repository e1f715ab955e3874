import { mkdirSync, rmdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NoCapacity } from "../../src/machines/index.ts";
import { decidePlacement, DEFAULT_PLACEMENT } from "../../src/decide/placement/index.ts";
import { usedMemoryMiB } from "../../src/machines/capacity.ts";
import { childrenOf } from "../../src/machines/proc.ts";
import { run, startHost, type TestHost } from "./support.ts";

const spec = (id: string, memoryMiB: number) => ({ id, owner: "arn:aws:test", memoryMiB, vcpus: 1, maxProcesses: 10, instanceType: "ml.test" });

test("a request waits for room, is told why, and is placed when a machine ends", async () => {
  const firstUseMiB = 4_000;
  await using cloud = await startHost({
    capacity: { memoryMiB: usedMemoryMiB() + 7_000 }, place: (question) => decidePlacement(question, { ...DEFAULT_PLACEMENT, firstUseMiB }),
  });
  const { machine } = await cloud.host.create(spec("first", 4_000), { patience: 0 });
  const reasons: string[] = [];
  const second = cloud.host.create(spec("second", 4_000), { patience: 20_000, onWait: (reason) => reasons.push(reason) });
  await expect.poll(() => reasons.length).toBeGreaterThan(0);
  await machine.destroy();
  expect((await second).machine.spec.id).toBe("second");
  expect(reasons[0]).toMatch(/are in use by 1 machine and others/);
});

test("patience ends in NoCapacity, and a refusal does not wait", async () => {
  await using cloud = await startHost({ place: (question) => (question.request.id === "never" ? { kind: "refused", reason: "never here" } : { kind: "wait", reason: "later" }) });
  await expect(cloud.host.create(spec("soon", 100), { patience: 50 })).rejects.toThrow(new NoCapacity("later"));
  await expect(cloud.host.create(spec("never", 100), { patience: 60_000 })).rejects.toThrow(new NoCapacity("never here"));
});

test("a wait is given up when its caller goes away or the host stops", async () => {
  const cloud = await startHost({ place: () => ({ kind: "wait", reason: "later" }) });
  const gone = new AbortController();
  const aborted = cloud.host.create(spec("one", 100), { patience: 60_000, signal: gone.signal });
  gone.abort(new Error("gone"));
  await expect(aborted).rejects.toThrow("gone");
  const stopped = cloud.host.create(spec("two", 100), { patience: 60_000 }).catch((error: unknown) => error);
  await cloud[Symbol.asyncDispose]();
  expect(await stopped).toBeInstanceOf(NoCapacity);
});

test("a type larger than the host runs within the host's memory, and its notes say so", async () => {
  await using cloud = await startHost({ capacity: { memoryMiB: usedMemoryMiB() + 4_000 } });
  const { machine, notes } = await cloud.host.create({ ...spec("big", 512 * 1024), vcpus: 96, gpus: 4 }, { patience: 0 });
  expect(machine.limits.memoryMiB).toBe(cloud.host.capacity.memoryMiB - DEFAULT_PLACEMENT.reserveMiB);
  expect(notes).toEqual([
    expect.stringMatching(/^ml\.test has 512 GiB of memory; this host gives it /),
    `ml.test has 96 vCPUs; this host has ${cloud.host.capacity.cpus}`,
    ...(cloud.host.capacity.gpus >= 4 ? [] : [expect.stringMatching(/^ml\.test has 4 GPUs; this host has no GPU, so it runs on the CPU$/)]),
  ]);
});

test("two machines cannot have one name, and a name cannot leave the folder", async () => {
  await using cloud = await startHost();
  await cloud.host.create(spec("same", 100), { patience: 0 });
  await expect(cloud.host.create(spec("same", 100), { patience: 0 })).rejects.toThrow("living already");
  await expect(cloud.host.create(spec("../up", 100), { patience: 0 })).rejects.toThrow("cannot be named");
});

/** Nothing of the machine can be journalled while `work` runs. */
async function withoutJournal<T>({ folder }: TestHost, id: string, work: () => Promise<T>): Promise<T> {
  const inTheWay = join(folder, "machines", "journal", `${id}.json.new`);
  mkdirSync(inTheWay);
  try {
    return await work();
  } finally {
    rmdirSync(inTheWay);
  }
}

test("a machine that cannot be made leaves no seat, no group and no name taken", async () => {
  await using cloud = await startHost();
  const before = childrenOf(process.pid);
  await withoutJournal(cloud, "failed", () => expect(cloud.host.create(spec("failed", 100), { patience: 0 })).rejects.toThrow("EISDIR"));
  // The seat that was waiting has been taken and ended.
  expect(childrenOf(process.pid).filter((pid) => before.includes(pid)).length).toBeLessThan(before.length);
  expect(await cloud.host.reconcile()).toEqual({ killed: 0, removed: 0 });
  const { machine } = await cloud.host.create(spec("failed", 100), { patience: 0 });
  expect(await (await run(machine, { command: "/bin/true", args: [] })).process.exited).toEqual({ kind: "exited", code: 0 });
});

test("a program that cannot be journalled is not started, its seat is ended, and the next one runs", async () => {
  await using cloud = await startHost();
  const machine = await cloud.machine();
  const before = childrenOf(process.pid);
  const { process: failed } = await withoutJournal(cloud, machine.spec.id, () => run(machine, { command: "/bin/true", args: [] }));
  expect(await failed.exited).toMatchObject({ kind: "not-started", reason: expect.stringContaining("EISDIR") as string });
  expect(childrenOf(process.pid).filter((pid) => before.includes(pid)).length).toBeLessThan(before.length);
  expect(await (await run(machine, { command: "/bin/true", args: [] })).process.exited).toEqual({ kind: "exited", code: 0 });
});

test("placement is told what is free where machines live", async () => {
  let told: number | undefined;
  await using cloud = await startHost({ place: ({ freeDiskMiB }) => ({ kind: "refused", reason: String((told = freeDiskMiB)) }) });
  await expect(cloud.host.create(spec("one", 100), { patience: 0 })).rejects.toThrow(NoCapacity);
  const { bavail, bsize } = statfsSync(cloud.folder);
  // Others write meanwhile.
  expect(Math.abs((told ?? 0) - (bavail * bsize) / 2 ** 20)).toBeLessThan(4_096);
});
