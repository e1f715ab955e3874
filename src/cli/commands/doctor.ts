import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCommand } from "citty";
import { DISK_RESERVE_MIB, openHost } from "../../cloud/machine-host.ts";
import { systemClock } from "../../shared/clock.ts";
import { silentLog } from "../../shared/log.ts";
import { print } from "../output.ts";

export const doctor = defineCommand({
  meta: { name: "doctor", description: "What this host enforces, what it cannot, and what is missing" },
  async run() {
    const folder = await mkdtemp(join(tmpdir(), "sagebrush-doctor-"));
    const host = await openHost({ folder, hide: folder, clock: systemClock, log: silentLog });
    const { memory, cpu, processes, identity, files, network, notes } = host.isolation;
    print(`Node        ${process.version}`);
    print(`Host        ${Math.round(host.capacity.memoryMiB / 1024)} GiB, ${host.capacity.cpus} CPUs, ${host.capacity.gpus} GPUs`);
    print(`Memory      limits by ${memory}`);
    print(`CPU         shares by ${cpu}`);
    print(`Processes   limits by ${processes}`);
    print(`Users       ${identity === "same-user" ? "machines run as you and can read the root keys in the data folder: run only what you trust" : `machines are told apart by ${identity}: they can never be root`}`);
    print(`Files       ${files === "none" ? "not separated" : `separated by ${files}`}`);
    print(`Network     ${network}: machines use this host's own network, so their ports are open to one another; the API takes only their roles' credentials from them`);
    print(`Disk        not limited: a machine can fill it; none starts with less than ${DISK_RESERVE_MIB} MiB free`);
    for (const note of notes) print(`Note        ${note}`);
    await host.stop(0);
    await rm(folder, { recursive: true, force: true });
  },
});
