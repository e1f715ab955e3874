import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, realpathSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Milliseconds } from "../base/instant.ts";
import type { Placement, PlacementQuestion } from "../base/placement.ts";
import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import { freeDiskMiB, hostCapacity, usedMemoryMiB } from "./capacity.ts";
import { probeGroups } from "./cgroups/probe.ts";
import { removeFolder } from "./folder.ts";
import { claimIdentities } from "./identities.ts";
import { openJournal } from "./journal.ts";
import { openNetwork } from "./network.ts";
import type { LaunchMode } from "./launch/chain.ts";
import { makeMachine } from "./machine.ts";
import { isMachinePeer, type PeerRule } from "./peers.ts";
import { bootId } from "./proc.ts";
import { endLeftovers } from "./reconcile.ts";
import { openSeats, type Place } from "./seats.ts";
import { defaultModes, probeSeparation } from "./separation.ts";
import { NoCapacity, type CreateOptions, type IsolationReport, type Machine, type MachineHost, type MachineSpec } from "./types.ts";

export interface MachineHostOptions {
  /** Where machines live and the journal is kept; made when it is not there, readable by the server alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** `decide/placement`, with its options bound; the caller may journal what it is asked and answers. */
  readonly place: (question: PlacementQuestion) => Placement;
  /** Folders that machines must not see; `folder` is always hidden. Usually the whole data folder. */
  readonly hide?: readonly string[];
  readonly identity?: { readonly firstUid?: number };
  /** What placement is to believe of the host instead of what was measured, e.g. `{ memoryMiB: 8192 }`. */
  readonly capacity?: Partial<PlacementQuestion["host"]>;
  /** Weaker than the host allows: for tests, and for people whose control groups misbehave. */
  readonly atMost?: { readonly memory?: IsolationReport["memory"]; readonly separation?: LaunchMode };
}

/** How often a request that waits asks again, beside every ending of a machine: memory is freed by others too. */
const ASK_AGAIN: Milliseconds = 250;

/** How long a connection of a machine that has ended may still wait to be accepted. */
const SENT_BEFORE_ITS_END: Milliseconds = 60_000;

interface Living {
  machine: Machine | undefined;
  readonly limitMiB: number;
  groups: readonly string[];
}

/** Probes what this host can enforce (about 20 ms) and opens it for machines. */
export async function openMachineHost(options: MachineHostOptions): Promise<MachineHost> {
  const { clock, log } = options;
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.folder);
  chmodSync(folder, 0o700);
  const tag = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  const prefix = `${tag}-`;
  const modes = defaultModes();
  const identities = await claimIdentities(options.identity?.firstUid);
  const [{ hierarchy, notes: groupNotes }, separation] = await Promise.all([
    probeGroups(`${prefix}probe`, options.atMost?.memory ?? "cgroup-v2"),
    probeSeparation({
      folder, tag, clock, uid: identities.firstUid + identities.size - 1, hide: [folder, ...(options.hide ?? [])],
      modes: modes.slice(Math.max(0, modes.indexOf(options.atMost?.separation ?? modes[0] ?? "plain"))),
    }),
  ]);
  const limitProcesses = hierarchy?.processes !== "cgroup-v1" && hierarchy?.processes !== "cgroup-v2" && separation.mode !== "plain" && separation.tools.prlimit !== undefined;
  const isolation: IsolationReport = {
    memory: hierarchy?.memory ?? "watchdog",
    cpu: hierarchy?.cpu ?? "nice",
    processes: limitProcesses ? "rlimit" : hierarchy?.processes ?? "none",
    ...separation.report,
    network: "shared",
    notes: [...groupNotes, ...separation.report.notes],
  };
  const capacity = { ...hostCapacity(), ...options.capacity };
  const peerRule: PeerRule | undefined = isolation.identity === "own-user" ? { by: "user", firstUid: identities.firstUid, size: identities.size }
    : isolation.identity === "pid-namespace" ? { by: "pid-namespace" } : undefined;
  const journalFolder = join(folder, "journal");
  const journal = openJournal(journalFolder);
  const boot = bootId();
  const seats = openSeats({ hierarchy, separation, prefix, clock });
  const living = new Map<string, Living>();
  const waiting = new Set<() => void>();
  /** Who has asked and has no answer yet, first come, first served: room that one waits for is not given to a later one. */
  const asking: symbol[] = [];
  let stopping = false;
  let lastLived: Milliseconds | undefined;
  /** Looking a connection up in the system's tables takes milliseconds; what a machine sent before its end may still arrive. */
  const mayHaveMachines = (): boolean => living.size > 0 || (lastLived !== undefined && clock.monotonic() - lastLived < SENT_BEFORE_ITS_END);

  const question = (spec: MachineSpec, free = freeDiskMiB(separation.base)): PlacementQuestion => ({
    host: capacity,
    usedMiB: usedMemoryMiB(),
    ...(free === undefined ? {} : { freeDiskMiB: free }),
    machines: [...living].map(([id, { machine, limitMiB }]) => ({ id, limitMiB, usedMiB: machine?.memoryMiB() ?? 0 })),
    request: {
      id: spec.id, memoryMiB: spec.memoryMiB, vcpus: spec.vcpus, gpus: spec.gpus ?? 0,
      ...(spec.instanceType === undefined ? {} : { instanceType: spec.instanceType }),
    },
  });

  const make = async (spec: MachineSpec, limits: Machine["limits"]): Promise<Machine> => {
    const identity = identities.take();
    const entry: Living = { machine: undefined, limitMiB: limits.memoryMiB, groups: [] };
    living.set(spec.id, entry);
    const forget = (clean: boolean): void => {
      living.delete(spec.id);
      lastLived = clock.monotonic();
      if (clean) identities.give(identity.index);
      waiting.forEach((wake) => wake());
    };
    const machineFolder = join(separation.base, spec.id);
    let place: Place | undefined;
    try {
      place = seats.take({ ...limits, maxProcesses: spec.maxProcesses, endTogether: spec.onOutOfMemory === undefined }, spec.network);
      const { group, seat } = place;
      entry.groups = group?.folders ?? [];
      const machine = await makeMachine({
        spec, limits, identity, group, seat, separation, journal, journalFolder, bootId: boot, clock,
        folder: machineFolder, limitProcesses, niceness: isolation.cpu === "nice" ? nicenessOf(limits.vcpus, capacity.cpus) : undefined,
        warn: (message) => log.warn(message), gone: forget,
      });
      entry.machine = machine;
      return machine;
    } catch (error) {
      const ended = place === undefined || await seats.discard(place);
      // What stays is named by the journal, if that could be written, and by its groups: the next start ends it.
      const clean = await removeFolder(machineFolder) && ended;
      if (clean) journal.remove(spec.id);
      forget(clean);
      throw error;
    }
  };

  const create = async (spec: MachineSpec, { patience, signal, onWait }: CreateOptions): Promise<{ machine: Machine; notes: readonly string[] }> => {
    if (!/^[A-Za-z0-9-]{1,100}$/.test(spec.id) || spec.id === "probe") throw new Error(`A machine cannot be named ${JSON.stringify(spec.id)}`);
    if (living.has(spec.id)) throw new Error(`A machine named ${spec.id} is living already`);
    const deadline = clock.monotonic() + patience;
    const turn = Symbol(spec.id);
    const leave = (): void => {
      if (!asking.includes(turn)) return;
      asking.splice(asking.indexOf(turn), 1);
      waiting.forEach((wake) => wake());
    };
    let said: string | undefined;
    asking.push(turn);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (stopping) throw new NoCapacity("the server is stopping");
        const answer: Placement = asking[0] === turn ? options.place(question(spec)) : { kind: "wait", reason: "others have asked for a machine before and wait for room" };
        if (answer.kind === "placed") {
          // Its room is taken before the next one asks.
          const made = make(spec, { memoryMiB: answer.memoryMiB, vcpus: answer.vcpus });
          leave();
          return { machine: await made, notes: answer.notes };
        }
        if (answer.kind === "refused") throw new NoCapacity(answer.reason);
        const left = deadline - clock.monotonic();
        if (left <= 0) throw new NoCapacity(answer.reason);
        if (answer.reason !== said) onWait?.(answer.reason);
        said = answer.reason;
        await pause(asking[0] === turn ? Math.min(left, ASK_AGAIN) : left, signal);
      }
    } finally {
      leave();
    }
  };

  const pause = (duration: Milliseconds, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = clock.after(duration, wake);
      waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });

  return {
    isolation, capacity, create, openNetwork: () => openNetwork(separation, clock),
    isMachinePeer: (local, remote) => peerRule !== undefined && mayHaveMachines() && isMachinePeer(peerRule, local, remote),
    reconcile: async () => {
      const ended = await endLeftovers({ journal, hierarchy, prefix, bootId: boot, clock, living: new Set(living.keys()), groups: new Set([...seats.waiting(), ...[...living.values()].flatMap((each) => each.groups)]) });
      if (ended.killed > 0) lastLived = clock.monotonic();
      return ended;
    },
    stop: async (grace) => {
      stopping = true;
      waiting.forEach((wake) => wake());
      while (living.size > 0) {
        await Promise.all([...living.values()].map(async ({ machine }) => machine?.end(grace)));
        // One that was just being made is ended in the next round.
        if (living.size > 0) await clock.sleep(5);
      }
      await seats.close();
      identities.close();
      removeWhenEmpty(separation.base);
    },
  };
}

function removeWhenEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty: a machine could not be ended, and the next start will find it there.
  }
}

/** Without control groups a machine of few vCPUs yields to the others: each step of niceness is a factor of 1.25. */
const nicenessOf = (vcpus: number, cpus: number): number =>
  Math.min(19, Math.max(1, Math.round(Math.log(Math.max(1, cpus / Math.max(vcpus, 0.05))) / Math.log(1.25))));
