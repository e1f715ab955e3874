/**
 * `npm run bench`: every figure beside its aim. `npm run bench -- start requests` takes some; `tuning` (Bayesian search beside Random and Optuna), `hook` (rules' cost to a script), `networks` (training beside PyTorch), `accuracy`
 * (minutes, writes docs/reference/accuracy.md) and `stream` (2 GiB through S3) run only when named.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { join } from "node:path";
import { table, type Row } from "./support/table.ts";

type Measure = () => Promise<readonly Row[]>;

const SECTIONS: Readonly<Record<string, Measure>> = {
  start: async () => (await import("./start.ts")).measureStart(),
  requests: async () => (await import("./requests.ts")).measureRequests(),
  job: async () => (await import("./job-start.ts")).measureJobStart(),
  endpoint: async () => (await import("./endpoint.ts")).measureEndpoint(),
  functions: async () => (await import("./functions.ts")).measureFunctions(),
  training: async () => (await (await import("./training.ts")).runTraining()).map(({ threads, picturesPerSecond, headSecondsPerEpoch }) => ({
    what: `training, ${threads} thread${threads === 1 ? "" : "s"}`, figure: `${picturesPerSecond.toFixed(0)} pictures/s`, note: `through the backbone; a head of 6680 × 2048 to 133: ${headSecondsPerEpoch.toFixed(3)} s an epoch`,
  })),
};

/** Take minutes: only when named. */
const NAMED: Readonly<Record<string, Measure>> = {
  tuning: async () => (await import("./tuning/main.ts")).measureTuning(),
  networks: async () => (await import("./networks/main.ts")).measureNetworks(),
  hook: async () => (await import("./hook/main.ts")).measureHook(),
};

/** Bring their own reports. */
const SLOW: Readonly<Record<string, () => Promise<void>>> = {
  accuracy: async () => (await import("./accuracy.ts")).runAccuracy(),
  stream: () => program("s3/stream.ts"),
  small: () => program("s3/small.ts"),
};

async function program(file: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) process.exitCode = 1;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const load = (): string => loadavg().map((value) => value.toFixed(1)).join(", ");

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SECTIONS) && !(name in NAMED) && !(name in SLOW));
if (unknown.length > 0) {
  say(`There is no ${unknown.join(", ")}. There are: ${[...Object.keys(SECTIONS), ...Object.keys(NAMED), ...Object.keys(SLOW)].join(", ")}.`);
  process.exit(1);
}
say(`load of the machine before: ${load()}`);
const rows: Row[] = [];
for (const [name, measure] of Object.entries({ ...SECTIONS, ...NAMED })) {
  if (!(asked.length > 0 ? asked.includes(name) : name in SECTIONS)) continue;
  say(`measuring: ${name}`);
  try {
    rows.push(...await measure());
  } catch (error) {
    rows.push({ what: name, figure: "failed", aim: "a figure", met: false, note: (error as Error).message.split("\n").slice(0, 3).join(" ") });
    process.exitCode = 1;
  }
}
if (rows.length > 0) say(`\n${table(rows)}\n\nload of the machine after: ${load()}`);
for (const name of asked) await SLOW[name]?.();
