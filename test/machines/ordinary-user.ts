// Run as an ordinary user: what a machine is there, told as one line of JSON.
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { systemClock } from "../../src/shared/clock.ts";
import { silentLog } from "../../src/shared/log.ts";
import { openMachineHost, type Exit, type ProcessSpec } from "../../src/machines/index.ts";

const [, , folder = "", programs = "", elsewhere = ""] = process.argv;
const host = await openMachineHost({
  folder: join(folder, "machines"), hide: [folder], clock: systemClock, log: silentLog,
  place: ({ request }) => ({ kind: "placed", memoryMiB: request.memoryMiB, vcpus: request.vcpus, notes: [] }),
});
writeFileSync(join(folder, "secret"), "no");
mkdirSync(`${elsewhere}/mine`, { recursive: true });
const { machine } = await host.create({ id: "one", owner: "x", memoryMiB: 200, vcpus: 1, maxProcesses: 20 }, { patience: 0 });
mkdirSync(join(machine.folder, "ml"));

async function run(spec: Pick<ProcessSpec, "command" | "args">): Promise<{ readonly exit: Exit; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const running = await machine.start({ environment: {}, workingFolder: join(machine.folder, "tmp"), readable: [programs], mounts: { "/opt/ml": join(machine.folder, "ml") }, onLine: (line) => void lines.push(line), ...spec });
  return { exit: await running.exited, lines };
}
const python = (name: string, ...args: readonly string[]) => run({ command: "/usr/bin/python3", args: [join(programs, name), ...args] });

const looked = await run({ command: "/bin/sh", args: ["-c", `echo ok > /opt/ml/a; ls ${folder}; ls /proc | grep -c '^[0-9]'; grep -E '^CapEff' /proc/self/status; touch ${elsewhere}/mine/x 2>&1; echo fine > /tmp/mine; echo fine > /dev/shm/mine`] });
const hungry = await python("eats-memory.py");
const bomb = await python("fork-bomb.py");
const orphan = await python("double-fork.py");

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
async function verdict(begin: () => void): Promise<boolean> {
  begin();
  const [socket] = (await once(server, "connection")) as [Socket];
  return host.isMachinePeer({ address: socket.localAddress ?? "", port: socket.localPort ?? 0 }, { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 });
}
const machinePeer = await verdict(() => void python("calls.py", String(port), "stay"));
const ownPeer = await verdict(() => void createConnection(port, "127.0.0.1").on("error", () => undefined));

const network = await host.openNetwork().catch((error: unknown) => (error as Error).message);
const alone: string[] = [];
if (typeof network === "object") {
  const isolated = await host.create({ id: "isolated", owner: "x", memoryMiB: 200, vcpus: 1, maxProcesses: 20, network }, { patience: 0 });
  const spec = { command: "/usr/bin/python3", args: [join(programs, "calls-out.py"), String(port)], environment: {}, readable: [programs], onLine: (line: string) => void alone.push(line) };
  await (await isolated.machine.start({ ...spec, workingFolder: join(isolated.machine.folder, "tmp") })).exited;
  await isolated.machine.destroy();
  await network.close();
} else alone.push(network);

await host.stop(0);
const left = readdirSync(join(folder, "machines")).filter((name) => name !== "journal");
process.stdout.write(`${JSON.stringify({ isolation: host.isolation, looked, hungry, bomb, orphan, machinePeer, ownPeer, alone, left })}\n`);
process.exit(0);
