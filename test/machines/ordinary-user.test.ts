import { execFile } from "node:child_process";
import { chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { barrierAbove } from "../../src/machines/folder.ts";
import type { Exit, IsolationReport } from "../../src/machines/index.ts";
import { allPids, read } from "../../src/machines/proc.ts";
import { needs, program } from "./support.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
// As nobody the clone and Node must be readable by everybody; in somebody's closed home they are not.
const possible = !isRoot || [realpathSync(process.execPath), program("calls.py")].every((file) => barrierAbove(file) === undefined);

interface Told {
  readonly isolation: IsolationReport;
  readonly looked: { readonly exit: Exit; readonly lines: readonly string[] };
  readonly hungry: { readonly exit: Exit };
  readonly bomb: { readonly lines: readonly string[] };
  readonly orphan: { readonly exit: Exit };
  readonly machinePeer: boolean;
  readonly ownPeer: boolean;
  readonly alone: readonly string[];
  readonly left: readonly string[];
}

test.skipIf(!possible)("an ordinary user's machines keep their limits, hide the data folder, and are known for machines", async (context) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ordinary-")));
  // Outside /tmp, which is hidden anyway, and the user's own: only a read-only root keeps a machine from it.
  const elsewhere = mkdtempSync("/var/tmp/ordinary-");
  if (isRoot) for (const each of [folder, elsewhere]) chownSync(each, NOBODY, NOBODY);
  const script = [join(import.meta.dirname, "ordinary-user.ts"), folder, program("."), elsewhere];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, script, { env: { HOME: folder, PATH: "/usr/bin:/bin" }, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) });
    const told = JSON.parse(stdout) as Told;
    expect(told.hungry.exit).toMatchObject({ kind: "out-of-memory", limitMiB: 200 });
    expect(told.orphan.exit).toEqual({ kind: "exited", code: 0 });
    expect(allPids().filter((pid) => read(`/proc/${pid}/environ`)?.includes(folder) === true)).toEqual([]);
    expect(told.left).toEqual([]);
    expect(told.ownPeer).toBe(false);
    if (told.isolation.processes !== "none") expect(told.bomb.lines.join()).toMatch(/^refused after \d+ 11$/);
    needs(context, told.isolation, { identity: "pid-namespace" });
    expect(told.machinePeer).toBe(true);
    expect(told.alone).toEqual(["ENETUNREACH", "ECONNREFUSED"]);
    expect(told.looked.exit).toEqual({ kind: "exited", code: 0 });
    expect(told.looked.lines[0]).toBe("machines");
    expect(Number(told.looked.lines[1])).toBeLessThanOrEqual(6);
    expect(told.looked.lines[2]).toBe("CapEff:\t0000000000000000");
    if (!told.isolation.notes.join().includes("cannot be made read-only")) expect(told.looked.lines[3]).toMatch(/Read-only file system/);
  } finally {
    for (const each of [folder, elsewhere]) rmSync(each, { recursive: true, force: true });
  }
});
