// A server that starts a machine with a program that stays, tells their pids, and waits to be killed.
import { join } from "node:path";
import { decidePlacement } from "../../src/decide/placement/index.ts";
import { openMachineHost, type MachineHostOptions } from "../../src/machines/index.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { silentLog } from "../../src/shared/log.ts";

const [, , folder = "", program = "", atMost = "{}"] = process.argv;
const host = await openMachineHost({
  folder, clock: systemClock, log: silentLog, place: (question) => decidePlacement(question), atMost: JSON.parse(atMost) as NonNullable<MachineHostOptions["atMost"]>,
});
const { machine } = await host.create({ id: "left", owner: "arn:aws:test", memoryMiB: 128, vcpus: 1, maxProcesses: 20 }, { patience: 1_000 });
const running = await machine.start({
  command: "/usr/bin/python3", args: [program, "left-behind"], environment: {}, workingFolder: join(machine.folder, "tmp"), readable: [program],
  onLine: () => void process.stdout.write(`${JSON.stringify({ pid: running.pid, folder: machine.folder })}\n`),
});
await running.exited;
