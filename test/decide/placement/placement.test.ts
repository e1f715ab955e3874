import fc from "fast-check";
import { expect, test } from "vitest";
import type { PlacementQuestion } from "../../../src/base/placement.ts";
import { decidePlacement, DEFAULT_PLACEMENT } from "../../../src/decide/placement/index.ts";

const question = (over: Partial<PlacementQuestion> = {}): PlacementQuestion => ({
  host: { memoryMiB: 24_000, cpus: 4, gpus: 0 }, usedMiB: 2_000, machines: [], request: { id: "a", memoryMiB: 4_096, vcpus: 2, gpus: 0, instanceType: "ml.t3.medium" }, ...over,
});
const machines = (count: number, limitMiB: number, usedMiB: number) => Array.from({ length: count }, (_, index) => ({ id: `m${index}`, limitMiB, usedMiB }));

test("a type that fits is placed with its own size and nothing to say", () => {
  expect(decidePlacement(question())).toEqual({ kind: "placed", memoryMiB: 4_096, vcpus: 2, notes: [] });
});

test("limits may exceed the host together", () => {
  expect(decidePlacement(question({ usedMiB: 6_000, machines: machines(20, 16_384, 300) }))).toMatchObject({ kind: "placed" });
});

test("measured use and the reserve may not", () => {
  expect(decidePlacement(question({ usedMiB: 23_500 }))).toMatchObject({ kind: "wait" });
});

test("machines that have just been placed are counted at what they are about to use", () => {
  expect(decidePlacement(question({ usedMiB: 21_000, machines: machines(9, 4_096, 0) }))).toMatchObject({ kind: "wait" });
  expect(decidePlacement(question({ usedMiB: 21_000, machines: machines(9, 4_096, 256) }))).toMatchObject({ kind: "placed" });
});

test("a type larger than the host gets the host's and says so, or is refused where that was chosen", () => {
  const request = { id: "a", memoryMiB: 65_536, vcpus: 16, gpus: 0, instanceType: "ml.m5.4xlarge" };
  expect(decidePlacement(question({ request }))).toEqual({
    kind: "placed", memoryMiB: 24_000 - DEFAULT_PLACEMENT.reserveMiB, vcpus: 4,
    notes: ["ml.m5.4xlarge has 64 GiB of memory; this host gives it 22.9 GiB", "ml.m5.4xlarge has 16 vCPUs; this host has 4"],
  });
  expect(decidePlacement(question({ request }), { ...DEFAULT_PLACEMENT, largerThanHost: "refuse" })).toEqual({
    kind: "refused", reason: "ml.m5.4xlarge has 64 GiB of memory; this host can give 22.9 GiB at most",
  });
});

test("a GPU type without a GPU runs on the CPU and says so, or is refused where that was chosen", () => {
  const request = { id: "a", memoryMiB: 16_384, vcpus: 4, gpus: 1, instanceType: "ml.g4dn.xlarge" };
  expect(decidePlacement(question({ request }))).toMatchObject({ kind: "placed", notes: ["ml.g4dn.xlarge has 1 GPU; this host has no GPU, so it runs on the CPU"] });
  expect(decidePlacement(question({ request }), { ...DEFAULT_PLACEMENT, withoutGpu: "refuse" })).toEqual({ kind: "refused", reason: "ml.g4dn.xlarge has 1 GPU; this host has no GPU" });
  expect(decidePlacement(question({ request, host: { memoryMiB: 24_000, cpus: 4, gpus: 1 } }))).toMatchObject({ kind: "placed", notes: [] });
});

test("a host too small for any machine refuses instead of letting wait for ever", () => {
  expect(decidePlacement(question({ host: { memoryMiB: 600, cpus: 1, gpus: 0 } }))).toMatchObject({ kind: "refused" });
});

test("nothing starts on a full disk: it waits for machines to end, and is refused where there are none", () => {
  const reason = "0.5 GiB of the disk are free, 1 GiB are needed to start a machine";
  expect(decidePlacement(question({ freeDiskMiB: 512, machines: machines(1, 4_096, 300) }))).toEqual({ kind: "wait", reason });
  expect(decidePlacement(question({ freeDiskMiB: 512 }))).toEqual({ kind: "refused", reason });
  expect(decidePlacement(question({ freeDiskMiB: 1024 }))).toMatchObject({ kind: "placed" });
});

test("never more than measured use allows is placed, never a smaller machine without a note", () => {
  const anyQuestion = fc.record({
    host: fc.record({ memoryMiB: fc.nat(200_000), cpus: fc.integer({ min: 1, max: 128 }), gpus: fc.nat(8) }), usedMiB: fc.nat(200_000),
    machines: fc.array(fc.record({ id: fc.string(), limitMiB: fc.nat(100_000), usedMiB: fc.nat(100_000) })),
    request: fc.record({ id: fc.string(), memoryMiB: fc.integer({ min: 1, max: 400_000 }), vcpus: fc.integer({ min: 1, max: 200 }), gpus: fc.nat(16) }),
  });
  fc.assert(fc.property(anyQuestion, (asked) => {
    const answer = decidePlacement(asked);
    if (answer.kind !== "placed") return;
    expect(asked.usedMiB + DEFAULT_PLACEMENT.reserveMiB).toBeLessThanOrEqual(asked.host.memoryMiB);
    expect(answer.memoryMiB + DEFAULT_PLACEMENT.reserveMiB).toBeLessThanOrEqual(asked.host.memoryMiB);
    expect(answer.memoryMiB < asked.request.memoryMiB || answer.vcpus < asked.request.vcpus || asked.host.gpus < asked.request.gpus).toBe(answer.notes.length > 0);
  }));
});
