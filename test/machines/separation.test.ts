import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needs, PYTHON, python, run, startHost } from "./support.ts";

const sh = (script: string) => ({ command: "/bin/sh", args: ["-c", script] });
const node = (script: string) => ({ command: process.execPath, args: ["-e", script] });

test("the environment is exactly what was given, odd names and values included, and nothing of the server's", async () => {
  await using cloud = await startHost();
  process.env["SAGEBRUSH_TEST_SECRET"] = "do not tell";
  const environment = { A: "it's \"b\"\nand $c `d`", "SM_HP_LEARNING-RATE": "0.1", LD_NOTHING: "", PATH: "/usr/bin:/bin" };
  const { process: program, lines } = await run(await cloud.machine(), { ...node("console.log(JSON.stringify(process.env))"), environment });
  expect(await program.exited).toEqual({ kind: "exited", code: 0 });
  const { SAGEBRUSH_MACHINE: _, ...seen } = JSON.parse(lines[0] ?? "") as Record<string, string>;
  expect(seen).toEqual(environment);
});

test("a machine has a user, processes and a /tmp of its own, and cannot see the data folder or another machine", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { identity: "own-user", files: "mount-namespace" });
  writeFileSync(join(cloud.folder, "records.sqlite"), "secret", { mode: 0o644 });
  const [one, other] = [await cloud.machine(), await cloud.machine()];
  writeFileSync(join(other.folder, "tmp", "private"), "secret", { mode: 0o644 });
  // A checkout under /tmp is shown where it is, since the Node that runs machines' programs is in it.
  const checkout = process.execPath.startsWith("/tmp/") ? process.execPath.split("/")[2] : "machines-test";
  const { lines, process: program } = await run(one, sh(`id -u; ls -A /tmp | grep -v -e machines-test -e '^${checkout}$'; ls ${cloud.folder}; ls ${other.folder} 2>&1; ls /proc | grep -c '^[0-9]'; grep -c . /proc/1/environ 2>&1`));
  await program.exited;
  expect(Number(lines[0])).toBeGreaterThanOrEqual(20_000);
  expect(lines[1]).toBe("machines");
  expect(lines[2]).toMatch(/No such file or directory$/);
  // init, sh, ls, grep
  expect(Number(lines[3])).toBeLessThanOrEqual(5);
  expect(lines[4]).toMatch(/Permission denied$/);
});

test("a machine leaves nothing on the host when it goes", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const key = String(100_000 + process.pid);
  for (let machines = 0; machines < 2; machines++) {
    const machine = await cloud.machine();
    const { lines, process: program } = await python(machine, "leaves-traces.py", key);
    expect(await program.exited).toEqual({ kind: "exited", code: 0 });
    expect(lines).toEqual(["True"]);
    await machine.destroy();
  }
  expect(readFileSync("/proc/sysvipc/shm", "utf8").split("\n").filter((line) => line.trim().startsWith(`${key} `))).toEqual([]);
  expect(["/tmp", "/var/tmp", "/run/lock", "/dev/shm"].filter((folder) => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(`trace-${key}`)))).toEqual([]);
});

test("two machines never share an address", async () => {
  await using cloud = await startHost();
  await using second = await startHost();
  const machines = [await cloud.machine(), await cloud.machine(), await second.machine()];
  expect(new Set(machines.map((machine) => machine.address)).size).toBe(3);
});

test("two machines never share a user", async (context) => {
  await using cloud = await startHost();
  await using second = await startHost();
  const machines = [await cloud.machine(), await cloud.machine(), await second.machine()];
  needs(context, cloud.host.isolation, { identity: "own-user" });
  const users = await Promise.all(machines.map(async (machine) => {
    const { lines, process: program } = await run(machine, sh("id -u"));
    await program.exited;
    return lines[0];
  }));
  expect(new Set(users).size).toBe(3);
});

test("/opt/ml is the machine's own folder, and the rest of /opt stays", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const machine = await cloud.machine();
  mkdirSync(join(machine.folder, "ml", "model"), { recursive: true });
  await machine.own(join(machine.folder, "ml"));
  const { process: program, lines } = await run(machine, { ...sh("echo weights > /opt/ml/model/a && ls /opt"), mounts: { "/opt/ml": join(machine.folder, "ml") } });
  expect(await program.exited).toEqual({ kind: "exited", code: 0 });
  expect(readdirSync(join(machine.folder, "ml", "model"))).toEqual(["a"]);
  const host = readdirSync("/opt", { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  expect(lines.toSorted()).toEqual([...new Set([...host, "ml"])].toSorted());
});

test("a folder outside the machine's can be shown at a path of the program's choice, read-only", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const code = join(cloud.folder, "code");
  mkdirSync(code);
  writeFileSync(join(code, "handler.js"), "1", { mode: 0o666 });
  const machine = await cloud.machine();
  const { process: program, lines } = await run(machine, { ...sh("ls /var/task; (echo x > /var/task/handler.js) 2>&1; ls -d /var/lib /var/run/; echo y > /tmp/x"), mounts: { "/var/task": code, "/tmp": join(machine.folder, "tmp") } });
  expect(await program.exited).toEqual({ kind: "exited", code: 0 });
  expect(lines.slice(0, 2)).toEqual(["handler.js", expect.stringMatching(/Permission denied|Read-only file system/)]);
  expect(lines.slice(2)).toEqual(["/var/lib", "/var/run/"]);
});

test("a program and a Node binary in a closed home are seen by the machine, and the rest of the home is not", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const home = mkdtempSync(join(tmpdir(), "home-"));
  try {
    mkdirSync(join(home, "clone", "src"), { recursive: true });
    mkdirSync(join(home, "node", "bin"), { recursive: true });
    writeFileSync(join(home, "clone", "src", "main.mjs"), "import { readdirSync } from 'node:fs'; console.log(readdirSync(process.argv[2]).join());");
    writeFileSync(join(home, "secret"), "no");
    cpSync(process.execPath, join(home, "node", "bin", "node"));
    chmodSync(home, 0o700);
    const { process: program, lines } = await run(await cloud.machine(), {
      command: join(home, "node", "bin", "node"), args: [join(home, "clone", "src", "main.mjs"), home], readable: [join(home, "clone")],
    });
    expect(await program.exited).toEqual({ kind: "exited", code: 0 });
    expect(lines).toEqual(["clone,node"]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("a program cannot gain privileges, signal its wrappers or unmount what hides the host", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const { process: program, lines } = await run(await cloud.machine(), sh(`grep -E '^(CapEff|NoNewPrivs)' /proc/self/status; umount /tmp 2>&1 | tail -1; kill -9 1 2>&1; echo here`));
  await program.exited;
  expect(lines.slice(0, 2)).toEqual(["CapEff:\t0000000000000000", "NoNewPrivs:\t1"]);
  expect(lines.at(-1)).toBe("here");
  expect(lines.join("\n")).toMatch(/umount: .*(must be superuser|not permitted)/);
});

test("an argument, a variable or a folder with quotes and spaces arrives unchanged", async () => {
  await using cloud = await startHost();
  const machine = await cloud.machine();
  const folder = join(machine.folder, "tmp", "a 'b' \"c\" $d");
  mkdirSync(folder);
  await machine.own(folder);
  const { process: program, lines } = await run(machine, { command: PYTHON, args: ["-c", "import os, sys; print(os.getcwd()); print(sys.argv[1])", "x 'y'\\ $(z)"], workingFolder: folder });
  await program.exited;
  expect(lines).toEqual([folder, "x 'y'\\ $(z)"]);
});
