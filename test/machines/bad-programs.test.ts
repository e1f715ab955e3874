import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { allPids, read } from "../../src/machines/proc.ts";
import { program, PYTHON, python, run, startHost } from "./support.ts";

/** Living processes on this host that run one of our bad programs, but for those that other test files leave behind. */
const running = (name: string): readonly number[] => allPids().filter((pid) => {
  const words = read(`/proc/${pid}/cmdline`)?.split("\0") ?? [];
  return words[1] === program(name) && words[2] !== "left-behind" && !/^State:\s+Z/m.test(read(`/proc/${pid}/status`) ?? "");
});

for (const memory of ["cgroup-v2", "watchdog"] as const) {
  describe(`with ${memory === "watchdog" ? "the watchdog" : "the host's control groups"}`, () => {
    const host = () => startHost({ atMost: { memory } });

    test("a program that exits at once is told by its code, and its last words arrive", async () => {
      await using cloud = await host();
      const { process, lines } = await python(await cloud.machine(), "exits-at-once.py");
      expect(await process.exited).toEqual({ kind: "exited", code: 7 });
      expect(lines).toEqual(["last words"]);
    });

    test("a program that ignores SIGTERM is killed at the deadline", async () => {
      await using cloud = await host();
      const { process } = await run(await cloud.machine(), { command: PYTHON, args: [program("ignores-sigterm.py")] }, "deaf");
      const began = performance.now();
      expect(await process.stop(300)).toEqual({ kind: "signalled", signal: "SIGKILL" });
      expect(performance.now() - began).toBeGreaterThan(290);
      expect(running("ignores-sigterm.py")).toEqual([]);
    });

    test("a program that heeds SIGTERM ends long before the deadline", async () => {
      await using cloud = await host();
      const { process } = await run(await cloud.machine(), { command: PYTHON, args: [program("never-listens.py")] }, "thinking");
      expect(await process.stop(20_000)).toEqual({ kind: "signalled", signal: "SIGTERM" });
    });

    for (const [what, command, args] of [
      ["in Python", PYTHON, [program("eats-memory.py")]],
      ["in Node", globalThis.process.execPath, [program("eats-memory.mjs")]],
      ["in a child that its parent hides", PYTHON, [program("eats-memory.py"), "child"]],
    ] as const) {
      test(`memory eaten ${what} ends as out-of-memory with the limit and a peak near it`, async () => {
        await using cloud = await host();
        const { process } = await run(await cloud.machine({ memoryMiB: 200 }), { command, args, readable: [program("."), globalThis.process.execPath] });
        const exit = await process.exited;
        expect(exit).toMatchObject({ kind: "out-of-memory", limitMiB: 200 });
        if (exit.kind === "out-of-memory") expect(exit.peakMiB).toBeGreaterThan(150);
        if (exit.kind === "out-of-memory" && memory !== "watchdog") expect(exit.peakMiB).toBeLessThanOrEqual(200);
      });
    }

    test("an orphan in a session of its own goes when the program goes", async () => {
      await using cloud = await host();
      const { process } = await python(await cloud.machine(), "double-fork.py");
      expect(await process.exited).toEqual({ kind: "exited", code: 0 });
      expect(running("double-fork.py")).toEqual([]);
    });

    test("an orphan goes when the program is stopped", async () => {
      await using cloud = await host();
      const { process } = await run(await cloud.machine(), { command: PYTHON, args: [program("double-fork.py"), "stay"] }, "left one");
      await process.stop(5_000);
      expect(running("double-fork.py")).toEqual([]);
    });

    test("a fork bomb meets the limit of processes and leaves nothing behind", async () => {
      await using cloud = await host();
      const machine = await cloud.machine({ maxProcesses: 20 });
      const { process, lines } = await python(machine, "fork-bomb.py");
      await process.exited;
      if (cloud.host.isolation.processes === "none") expect(lines).toEqual(["never refused"]);
      else expect(lines.join()).toMatch(/^refused after (1\d|2\d) 11$/);
      expect(running("fork-bomb.py")).toEqual([]);
    });

    test("a destroyed machine leaves no folder, and destroying twice is harmless", async () => {
      await using cloud = await host();
      const machine = await cloud.machine();
      await python(machine, "never-listens.py");
      await Promise.all([machine.destroy(), machine.destroy()]);
      expect(existsSync(machine.folder)).toBe(false);
      expect(existsSync(join(cloud.folder, "machines", "journal", `${machine.spec.id}.json`))).toBe(false);
      expect(running("never-listens.py")).toEqual([]);
    });
  });
}

test("a flood waits in the program while its reader is busy, and the server's memory does not grow", async () => {
  await using cloud = await startHost();
  let lines = 0;
  const before = process.memoryUsage().rss;
  let most = before;
  const { process: flood } = await run(await cloud.machine(), {
    command: PYTHON, args: [program("floods-stdout.py")],
    onLine: async () => {
      lines++;
      if (lines % 4096 !== 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
      most = Math.max(most, process.memoryUsage().rss);
    },
  });
  expect(await flood.exited).toEqual({ kind: "exited", code: 0 });
  expect(lines).toBe(64 * 1024);
  expect((most - before) / 1024 / 1024).toBeLessThan(48);
});

test("folders nested deeper than a path can be long go with their machine", async () => {
  await using cloud = await startHost();
  const machine = await cloud.machine();
  const { process: nesting, lines } = await python(machine, "nests-folders.py");
  expect(await nesting.exited).toEqual({ kind: "exited", code: 0 });
  expect(lines).toEqual(["nested"]);
  await machine.destroy();
  expect(existsSync(machine.folder)).toBe(false);
});

test("a program that is being started when its machine is ended does not outlive it", async () => {
  // Without control groups, whose members are all ended whoever they are.
  await using cloud = await startHost({ atMost: { memory: "watchdog" } });
  const machine = await cloud.machine();
  const starting = python(machine, "never-listens.py");
  await machine.destroy();
  expect((await (await starting).process.exited).kind).not.toBe("exited");
  expect(running("never-listens.py")).toEqual([]);
}, 25_000);

test("a server without a file descriptor left says so, and goes on", async () => {
  const script = `
    import { openSync } from "node:fs";
    import { openSeats } from ${JSON.stringify(join(import.meta.dirname, "../../src/machines/seats.ts"))};
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, "../../src/shared/clock.ts"))};
    try { for (;;) openSync("/dev/null", "r"); } catch {}
    const seats = openSeats({ hierarchy: undefined, separation: { mode: "own-user", tools: {} }, prefix: "x", clock: systemClock });
    try { seats.take({ memoryMiB: 1, vcpus: 1, maxProcesses: 1 }); } catch (error) { process.stdout.write(error.message); }
    setTimeout(() => process.stdout.write(", and goes on"), 400);`;
  const { stdout } = await promisify(execFile)("/usr/bin/prlimit", ["--nofile=64:64", process.execPath, "--input-type=module", "-e", script]);
  expect(stdout).toBe("the server has no file descriptor left to start a program with, and goes on");
});

test("a program that is not there is told as not started, with its name", async () => {
  await using cloud = await startHost();
  const { process } = await run(await cloud.machine(), { command: "/usr/bin/no-such-program", args: [] });
  expect(await process.exited).toEqual({ kind: "not-started", reason: "/usr/bin/no-such-program is not there or cannot be run" });
});
