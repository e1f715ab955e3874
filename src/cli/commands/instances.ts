import { defineCommand } from "citty";
import { PRICES_AS_OF } from "../../catalogue/instance-types.ts";
import { MACHINE_PRICES_AS_OF } from "../../catalogue/machine-types.ts";
import { adviseInstances, type AdvisedUse } from "../../review/index.ts";
import { print } from "../output.ts";
import { takeSnapshot } from "../review-snapshot.ts";
import { table } from "../summary.ts";
import { chooseClients, CommandError, findPlace, targetArgs } from "../target.ts";

const USES: Readonly<Record<string, AdvisedUse>> = { training: "training", endpoint: "hosting", notebook: "notebook", machine: "machine" };

export const instances = defineCommand({
  meta: { name: "instances", description: "Which instance type to take, by price and by what your last runs needed" },
  args: {
    for: { type: "string", description: "training, endpoint, notebook or machine (EC2, for a script without a service around it)", default: "training" },
    explain: { type: "boolean", description: "Write the choice as a paragraph, with its evidence", default: false },
    ...targetArgs,
  },
  async run({ args }) {
    const use = USES[args.for];
    if (use === undefined) throw new CommandError(`--for ${args.for}: there are ${Object.keys(USES).join(", ")}`);
    const clients = chooseClients(args);
    await findPlace(clients);
    // Runs of training jobs say what their script needs, on whichever machine.
    const runs = use === "training" || use === "machine" ? (await takeSnapshot(clients, { tunings: false })).jobs.filter(({ status }) => status === "Completed")
      .flatMap(({ groups, ...job }) => groups.map(({ instanceType, count, usage }) => ({ ...job, instanceType, instanceCount: count, usage }))) : [];
    const { rows, chosen, explanation } = adviseInstances(use, runs);
    const cells = rows.map(({ type, fits, usdPerRun }) => [
      `  ${type.name}`, `${type.vcpus} vCPU`, `${type.memoryGiB} GiB`, type.gpus > 0 ? `${type.gpus} GPU` : "", type.usdPerHour === undefined ? "price unknown" : `$${type.usdPerHour}/h`,
      usdPerRun === undefined ? "" : `$${usdPerRun.toFixed(5)} a run`, fits === false ? "too small" : type !== chosen ? "" : fits === undefined ? "<- the cheapest" : "<- the cheapest that fits",
    ]);
    print(`Types for ${args.for}, us-east-1 on demand (prices as of ${use === "machine" ? MACHINE_PRICES_AS_OF : PRICES_AS_OF}, sources in docs/reference/review.md):`);
    for (const line of table(cells)) print(line);
    if (args.explain) print(`\n${explanation}`);
  },
});
