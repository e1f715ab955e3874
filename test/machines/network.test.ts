import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTools } from "../../src/machines/launch/tools.ts";
import { openNetwork } from "../../src/machines/network.ts";
import { read } from "../../src/machines/proc.ts";
import { defaultModes } from "../../src/machines/separation.ts";
import { createAdjustableClock } from "../../src/shared/clock.ts";
import { needs, program, run, startHost } from "./support.ts";

const SPEC = { owner: "arn:aws:test", memoryMiB: 256, vcpus: 1, maxProcesses: 64 };

test("machines of a network that leads nowhere reach one another and nobody else; it goes with the server's word", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const calls = { command: "/usr/bin/python3", args: [program("calls-out.py"), String((server.address() as AddressInfo).port)], readable: [program(".")] };
  const network = await cloud.host.openNetwork();
  const machines = [await cloud.host.create({ ...SPEC, id: "one", network }, { patience: 0 }), await cloud.host.create({ ...SPEC, id: "two", network }, { patience: 0 })].map(({ machine }) => machine);
  for (const machine of machines) {
    // A second program of a machine is in it too.
    for (let starts = 0; starts < 2; starts += 1) {
      const alone = await run(machine, calls);
      await alone.process.exited;
      expect(alone.lines).toEqual(["ENETUNREACH", "ECONNREFUSED"]);
    }
  }
  const [one, two] = machines;
  if (one === undefined || two === undefined) throw new Error("two machines were made");
  const listens = await run(one, { command: "/usr/bin/python3", args: ["-c", `import socket\nserver = socket.create_server(("${one.address}", 18473))\nprint("listens", flush=True)\nprint(server.accept()[1][0], flush=True)`] }, "listens");
  const caller = await run(two, { command: "/usr/bin/python3", args: ["-c", `import socket\nsocket.create_connection(("${one.address}", 18473), source_address=("${two.address}", 0))`] });
  expect(await caller.process.exited).toEqual({ kind: "exited", code: 0 });
  await listens.process.exited;
  expect(listens.lines).toEqual(["listens", two.address]);
  const open = await run(await cloud.machine(), calls);
  await open.process.exited;
  expect(open.lines[1]).toBe("connected");
  await Promise.all(machines.map((machine) => machine.destroy()));
  await network.close();
  expect(read(`/proc/${network.pid}/stat`)).toBeUndefined();
  server.close();
});

test("a host without namespaces says why it has no network to give", async () => {
  await using cloud = await startHost({ atMost: { separation: "plain" } });
  await expect(cloud.host.openNetwork()).rejects.toThrow("this host lets the server make no namespaces");
});

test("a network that does not come up is waited for ten seconds", async (context) => {
  await using cloud = await startHost();
  needs(context, cloud.host.isolation, { files: "mount-namespace" });
  const ip = join(cloud.folder, "ip");
  writeFileSync(ip, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const clock = createAdjustableClock();
  const opening = openNetwork({ mode: defaultModes()[0] ?? "plain", tools: { ...findTools(), ip } }, clock);
  clock.advance(10_000);
  await expect(opening).rejects.toThrow("it had not come up after 10 s");
});
