import { defineCommand } from "citty";
import { review } from "../../review/index.ts";
import { listNotebooks } from "../notebooks.ts";
import { print } from "../output.ts";
import { takeSnapshot } from "../review-snapshot.ts";
import { findingLines } from "../summary.ts";
import { chooseClients, findPlace, targetArgs } from "../target.ts";

export const reviewCommand = defineCommand({
  meta: { name: "review", description: "Find what went wrong in training and tuning jobs, with the evidence and what to do" },
  args: {
    training: { type: "string", description: "Only this training job" },
    tuning: { type: "string", description: "Only this tuning job" },
    ...targetArgs,
  },
  async run({ args }) {
    const clients = chooseClients(args);
    await findPlace(clients);
    const snapshot = await takeSnapshot(clients, { job: args.training, tuning: args.tuning });
    const findings = review(snapshot);
    print(`Looked at ${snapshot.tunings.length} tuning jobs and ${snapshot.jobs.length} training jobs: ${findings.length === 0 ? "nothing found" : `${findings.length} finding${findings.length > 1 ? "s" : ""}`}.`);
    for (const line of findingLines(findings)) print(line);
    if (args.training !== undefined || args.tuning !== undefined) return;
    for (const { name, reason } of await listNotebooks(clients)) if (reason !== undefined) print(`\nNotebook instance ${name}: ${reason}`);
  },
});
