import { defineCommand } from "citty";
import type { InstanceUse } from "../../catalogue/instance-types.ts";
import { adviseInstances } from "../../review/index.ts";
import { print } from "../output.ts";
import { takeSnapshot } from "../review-snapshot.ts";
import { table } from "../summary.ts";
import { chooseClients, CommandError, findPlace, targetArgs } from "../target.ts";

const USES: Readonly<Record<string, InstanceUse>> = { training: "training", endpoint: "hosting", notebook: "notebook" };

export const instances = defineCommand({
  meta: { name: "instances", description: "Which instance type to take, by price and by what your last runs needed" },
  args: {
    for: { type: "string", description: "training, endpoint or notebook", default: "training" },
    explain: { type: "boolean", description: "Write the choice as a paragraph, with its evidence", default: false },
    ...targetArgs,
  },
  async run({ args }) {
    const use = USES[args.for];
    if (use === undefined) throw new CommandError(`--for ${args.for}: there are ${Object.keys(USES).join(", ")}`);
    const clients = chooseClients(args);
    await findPlace(clients);
    // Runs of training jobs say something of training alone.
    const runs = use === "training" ? (await takeSnapshot(clients, { tunings: false })).jobs.filter(({ status }) => status === "Completed")
      .map(({ memory, ...job }) => ({ ...job, peakMiB: memory?.peakMiB })) : [];
    const { rows, chosen, explanation } = adviseInstances(use, runs);
    const cells = rows.map(({ type, fits, usdPerRun }) => [
      `  ${type.name}`, `${type.vcpus} vCPU`, `${type.memoryGiB} GiB`, type.gpus > 0 ? `${type.gpus} GPU` : "", type.usdPerHour === undefined ? "price unknown" : `$${type.usdPerHour}/h`,
      usdPerRun === undefined ? "" : `$${usdPerRun.toFixed(5)} a run`, fits === false ? "too small" : type !== chosen ? "" : fits === undefined ? "<- the cheapest" : "<- the cheapest that fits",
    ]);
    print(`Types for ${args.for}, us-east-1 on demand (prices as of 2026-09):`);
    for (const line of table(cells)) print(line);
    if (args.explain) print(`\n${explanation}`);
  },
});
