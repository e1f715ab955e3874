/** `npm run bench -- start`: `serve` from the start of its process to its ready line, and the memory it then holds. */
import { setTimeout as sleep } from "node:timers/promises";
import { cpuSeconds, residentMiB } from "./support/load.ts";
import { startServer, temporaryFolder } from "./support/server.ts";
import { list, median, type Row } from "./support/table.ts";

const RUNS = 7;
const READY_AIM_MS = 300;
const IDLE_AIM_MIB = 100;
const IDLE_AFTER_MS = 10_000;

export async function measureStart(): Promise<readonly Row[]> {
  using data = temporaryFolder();
  {
    // Makes the data folder and fills the compile cache.
    await using server = await startServer(data.path);
    await sleep(server.readyMs > 0 ? 6000 : 0);
  }
  const ready: number[] = [];
  const processor: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await using server = await startServer(data.path);
    ready.push(server.readyMs);
    processor.push(cpuSeconds(server.pid) * 1000);
  }
  await using server = await startServer(data.path);
  await sleep(IDLE_AFTER_MS);
  const idle = residentMiB(server.pid);
  return [
    { what: "serve: start to ready", figure: `${median(ready).toFixed(0)} ms`, aim: `< ${READY_AIM_MS} ms`, met: median(ready) < READY_AIM_MS, note: `${list(ready)}; processor time ${median(processor).toFixed(0)} ms` },
    { what: "serve: memory 10 s after start", figure: `${idle.toFixed(0)} MiB`, aim: `< ${IDLE_AIM_MIB} MiB`, met: idle < IDLE_AIM_MIB },
  ];
}
