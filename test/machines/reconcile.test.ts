import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allPids, bootId, read, startTicks } from "../../src/machines/proc.ts";
import { program, startHost } from "./support.ts";

const alive = (): readonly number[] => allPids().filter((pid) => read(`/proc/${pid}/cmdline`)?.includes("double-fork.py\0left-behind"));

async function serverThatDies(folder: string, atMost: object): Promise<{ readonly pid: number; readonly folder: string }> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "server.ts"), folder, program("double-fork.py"), JSON.stringify(atMost)], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(server.stdout, "data")) as [Buffer];
  server.kill("SIGKILL");
  await once(server, "exit");
  return JSON.parse(said.toString()) as { pid: number; folder: string };
}

for (const atMost of [{}, { separation: "own-user" }, { separation: "own-user", memory: "watchdog" }, { separation: "plain", memory: "watchdog" }] as const) {
  test(`a server killed with kill -9 leaves nothing once the next has reconciled: ${JSON.stringify(atMost)}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "machines-test-"));
    const left = await serverThatDies(join(folder, "machines"), atMost);
    expect(existsSync(left.folder)).toBe(true);
    await using cloud = await startHost({ folder: join(folder, "machines"), atMost });
    await cloud.host.reconcile();
    await expect.poll(alive, { timeout: 5_000 }).toEqual([]);
    expect(existsSync(left.folder)).toBe(false);
    expect(readdirSync(join(folder, "machines", "journal")).filter((name) => name.endsWith(".json"))).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
}

test("most machines die with the server, before anybody reconciles", async () => {
  const folder = mkdtempSync(join(tmpdir(), "machines-test-"));
  await using cloud = await startHost();
  await serverThatDies(join(folder, "machines"), {});
  if (cloud.host.isolation.files === "mount-namespace") await expect.poll(alive, { timeout: 2_000 }).toEqual([]);
  await using next = await startHost({ folder: join(folder, "machines") });
  await next.host.reconcile();
  rmSync(folder, { recursive: true, force: true });
});

test("a process that merely has a journalled pid is left alone", async () => {
  await using cloud = await startHost();
  const stranger = spawn("/bin/sleep", ["600"], { stdio: "ignore" });
  const pid = stranger.pid ?? 0;
  const entry = (id: string, boot: string, ticks: string) => ({ id, owner: "x", bootId: boot, folder: join(cloud.folder, "none"), groups: [], mark: id, processes: [{ pid, startTicks: ticks }] });
  const journal = join(cloud.folder, "machines", "journal");
  writeFileSync(join(journal, "a.json"), JSON.stringify(entry("a", bootId(), "1")));
  writeFileSync(join(journal, "b.json"), JSON.stringify(entry("b", "another boot", startTicks(pid) ?? "")));
  expect(await cloud.host.reconcile()).toEqual({ killed: 0, removed: 2 });
  expect(startTicks(pid)).toBeDefined();
  stranger.kill("SIGKILL");
});

test("living machines are not leftovers", async () => {
  await using cloud = await startHost();
  const machine = await cloud.machine();
  expect(await cloud.host.reconcile()).toEqual({ killed: 0, removed: 0 });
  const running = await machine.start({ command: "/bin/true", args: [], environment: {}, workingFolder: join(machine.folder, "tmp") });
  expect(await running.exited).toEqual({ kind: "exited", code: 0 });
});
