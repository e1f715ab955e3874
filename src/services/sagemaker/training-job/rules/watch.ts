import { statfsSync } from "node:fs";
import { SECOND } from "../../../../base/instant.ts";
import type { History, SystemSample } from "../../../../decide/debugger/index.ts";
import { readMachineFile } from "../../../../machines/index.ts";
import { TENSOR_FILE } from "../../../../runtimes/training/index.ts";
import type { Clock } from "../../../../shared/clock.ts";
import type { Host } from "../cluster.ts";
import type { RuleRecord } from "./configurations.ts";
import { judgeRules, type Course } from "./judge.ts";
import { nothingTold, tell } from "./lines.ts";

const LOOK_EVERY = SECOND;
/** Of the hook's file, at one look. */
const MAX_READ = 4 * 1024 * 1024;
const MOST_SAMPLES = 20_000;

export interface Watched {
  readonly clock: Clock;
  readonly hosts: readonly Host[];
  /** The job's rules as they stand; UpdateTrainingJob may have changed them since the last look. */
  readonly stored: () => readonly RuleRecord[];
  /** A second of a host was measured. */
  readonly onSample: (sample: SystemSample) => void;
  readonly onChange: (rules: readonly RuleRecord[]) => void;
  /** A rule that stops its job has found an issue. */
  readonly onStop: () => void;
}

export interface Watching {
  /** Looks a last time; gives the rules as they end and all that was seen. */
  end(course: Exclude<Course, "running">): { readonly rules: readonly RuleRecord[]; readonly history: History };
  /** Looks no more, and changes nothing: the server stops. */
  cancel(): void;
}

/** Looks once a second at what the first host's script has told and at what every machine uses, and judges the job's rules. */
export function watchRules({ clock, hosts, stored, onSample, onChange, onStop }: Watched): Watching {
  const told = nothingTold();
  const system: SystemSample[] = [];
  const began = clock.monotonic();
  let lastTold = began;
  let initializationSeconds: number | undefined;
  let offset = 0;
  let rest = "";
  const used = new Map<string, { readonly cpu: number; readonly read: number; readonly written: number }>();
  let lastLook = began;

  const readLines = (): void => {
    const first = hosts[0]?.machine;
    if (first === undefined) return;
    const bytes = readMachineFile(first.folder, `ml/${TENSOR_FILE}`, { maxBytes: MAX_READ, offset });
    if (bytes === undefined || bytes.length === 0) return;
    offset += bytes.length;
    lastTold = clock.monotonic();
    const lines = (rest + bytes.toString("utf8")).split("\n");
    rest = (lines.pop() ?? "").slice(-MAX_READ);
    for (const line of lines) tell(told, line);
    if (told.firstStep) initializationSeconds ??= (lastTold - began) / SECOND;
  };
  const measure = (): void => {
    const now = clock.monotonic();
    const seconds = (now - lastLook) / SECOND;
    lastLook = now;
    for (const { name, machine } of hosts) {
      const [before, total] = [used.get(name) ?? { cpu: 0, read: 0, written: 0 }, { cpu: machine.cpuSeconds(), ...machine.storageBytes() }];
      used.set(name, total);
      if (seconds <= 0) continue;
      const sample: SystemSample = {
        host: name, at: (now - began) / SECOND, cpu: ((total.cpu - before.cpu) / seconds / machine.limits.vcpus) * 100, memory: (machine.memoryMiB() / machine.limits.memoryMiB) * 100,
        read: (total.read - before.read) / seconds, written: (total.written - before.written) / seconds, disk: diskPercent(machine.folder),
      };
      system.push(sample);
      onSample(sample);
    }
    if (system.length > MOST_SAMPLES) system.splice(0, system.length - MOST_SAMPLES);
  };
  const history = (): History => ({ ...told, initializationSeconds, silentSeconds: (clock.monotonic() - lastTold) / SECOND, system });
  /** Gives the rules as they are now, and tells of changes while the job runs. */
  const judge = (course: Course): readonly RuleRecord[] => {
    const rules = stored();
    const next = judgeRules(rules, history(), { course, now: clock.now() });
    if (course !== "running" || next.every((rule, index) => rule === rules[index])) return next;
    const stops = next.some((rule, index) => rule.stops && rule.status === "IssuesFound" && rules[index]?.status === "InProgress");
    onChange(next);
    if (stops) onStop();
    return next;
  };
  const timer = clock.every(LOOK_EVERY, () => {
    readLines();
    measure();
    judge("running");
  });
  return {
    end(course) {
      timer.cancel();
      for (let before = -1; before !== offset;) {
        before = offset;
        readLines();
      }
      return { rules: judge(course), history: history() };
    },
    cancel: () => timer.cancel(),
  };
}

/** Disks of machines are not limited: it is the host's. */
function diskPercent(folder: string): number {
  const { blocks, bavail } = statfsSync(folder);
  return blocks === 0 ? 0 : (1 - bavail / blocks) * 100;
}
