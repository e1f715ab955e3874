import type { Placement, PlacementQuestion } from "../../base/placement.ts";

export interface PlacementOptions {
  /** Memory that stays free for the host itself. */
  readonly reserveMiB: number;
  /** Disk that must be free for a machine to start. No machine's use of the disk is limited, so a program may still fill it. */
  readonly diskReserveMiB: number;
  /** What a young machine is expected to use soon, though it does not yet: counted until it is really used. */
  readonly firstUseMiB: number;
  /** A type with more memory than the host: run within the host's memory and say so, or refuse. */
  readonly largerThanHost: "run-with-host-limit" | "refuse";
  /** A type with GPUs on a host without: run on its CPUs and say so, or refuse. */
  readonly withoutGpu: "run-on-cpu" | "refuse";
}

export const DEFAULT_PLACEMENT: PlacementOptions = {
  reserveMiB: 512,
  diskReserveMiB: 1024,
  firstUseMiB: 256,
  largerThanHost: "run-with-host-limit",
  withoutGpu: "run-on-cpu",
};

const gib = (mebibytes: number): string => `${Math.round(mebibytes / 102.4) / 10} GiB`;

/**
 * Whether a machine may start now. Limits may exceed the host together, for few machines use theirs at once; measured
 * use plus the reserve may not. What the host gives less of than the type promises is said in the notes, or refused.
 */
export function decidePlacement(question: PlacementQuestion, options: PlacementOptions = DEFAULT_PLACEMENT): Placement {
  const { host, request } = question;
  const type = request.instanceType ?? "the machine";
  const room = host.memoryMiB - options.reserveMiB;
  const larger = request.memoryMiB > room;
  if (larger && options.largerThanHost === "refuse") {
    return { kind: "refused", reason: `${type} has ${gib(request.memoryMiB)} of memory; this host can give ${gib(room)} at most` };
  }
  if (request.gpus > host.gpus && options.withoutGpu === "refuse") {
    return { kind: "refused", reason: `${type} has ${gpus(request.gpus)}; this host has ${gpus(host.gpus)}` };
  }
  const memoryMiB = larger ? room : request.memoryMiB;
  const soon = (limitMiB: number, usedMiB: number): number => Math.max(0, Math.min(limitMiB, options.firstUseMiB) - usedMiB);
  const expected = question.machines.reduce((sum, machine) => sum + soon(machine.limitMiB, machine.usedMiB), 0) + soon(memoryMiB, 0);
  if (soon(request.memoryMiB, 0) > room) return { kind: "refused", reason: `this host has ${gib(host.memoryMiB)} of memory, too little to start any machine` };
  if (question.usedMiB + expected > room) {
    return { kind: "wait", reason: `${gib(question.usedMiB)} of the host's ${gib(host.memoryMiB)} are in use by ${machines(question.machines.length)} and others, ${gib(options.reserveMiB)} are kept free` };
  }
  const { freeDiskMiB = Infinity } = question;
  if (freeDiskMiB < options.diskReserveMiB) {
    // Machines give their folders back when they end; without any, nothing here will make room.
    return { kind: question.machines.length > 0 ? "wait" : "refused", reason: `${gib(freeDiskMiB)} of the disk are free, ${gib(options.diskReserveMiB)} are needed to start a machine` };
  }
  const notes = [
    ...(larger ? [`${type} has ${gib(request.memoryMiB)} of memory; this host gives it ${gib(room)}`] : []),
    ...(request.vcpus > host.cpus ? [`${type} has ${request.vcpus} vCPUs; this host has ${host.cpus}`] : []),
    ...(request.gpus > host.gpus ? [`${type} has ${gpus(request.gpus)}; this host has ${gpus(host.gpus)}, so it runs on the CPU`] : []),
  ];
  return { kind: "placed", memoryMiB, vcpus: Math.min(request.vcpus, host.cpus), notes };
}

const gpus = (count: number): string => (count === 0 ? "no GPU" : count === 1 ? "1 GPU" : `${count} GPUs`);
const machines = (count: number): string => (count === 1 ? "1 machine" : `${count} machines`);
