import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** A process as the kernel knows it: a pid alone may be somebody else's by now. */
export interface KnownProcess {
  readonly pid: number;
  readonly start: string;
  readonly command: string;
}

interface Row extends KnownProcess {
  readonly parent: number;
}

function rows(): readonly Row[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie is gone; only its parent has not yet heard of it.
      if (fields[0] === "Z") return [];
      return [{ pid: Number(name), parent: Number(fields[1]), start: fields[19] ?? "", command: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim() }];
    } catch {
      return [];
    }
  });
}

/** Everything that a process has started, and what that has started. */
export function descendants(pid: number): readonly KnownProcess[] {
  const all = rows();
  const found: Row[] = [];
  for (let parents = new Set([pid]); parents.size > 0;) {
    const next = all.filter((row) => parents.has(row.parent));
    found.push(...next);
    parents = new Set(next.map((row) => row.pid));
  }
  return found;
}

/** Those that still live. */
export const survivorsOf = (processes: readonly KnownProcess[]): readonly KnownProcess[] => {
  const alive = new Map(rows().map((row) => [row.pid, row.start]));
  return processes.filter(({ pid, start }) => alive.get(pid) === start);
};

/** What a data folder's machines left on the host: control groups by the folder's tag, machine folders, processes inside them. */
export function machineTraces(data: string): readonly string[] {
  const hosts = [join(data, "machines"), join(data, "projects", "machines")].filter((folder) => existsSync(folder));
  return hosts.flatMap((folder) => {
    const tag = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 8);
    const run = join(folder, "run");
    return [
      ...groupsNamed(`${tag}-`),
      ...(existsSync(run) ? readdirSync(run).map((name) => `folder ${join(run, name)}`) : []),
      ...readdirSync(join(folder, "journal")).map((name) => `journal entry ${name}`),
    ];
  });
}

function groupsNamed(prefix: string): readonly string[] {
  try {
    return readdirSync("/sys/fs/cgroup", { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
      .map((entry) => `control group ${join(entry.parentPath, entry.name)}`);
  } catch {
    return [];
  }
}
