import { defineCommand } from "citty";
import { review } from "../../review/index.ts";
import { print } from "../output.ts";
import { takeSnapshot } from "../review-snapshot.ts";
import { findingLines } from "../summary.ts";
import { chooseClients, findPlace, targetArgs } from "../target.ts";

export const reviewCommand = defineCommand({
  meta: { name: "review", description: "Find what went wrong in training jobs, tuning jobs and notebook instances, with the evidence and what to do" },
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
    print(`Looked at ${snapshot.tunings.length} tuning jobs, ${snapshot.jobs.length} training jobs and ${snapshot.notebooks.length} notebook instances: ${findings.length === 0 ? "nothing found" : `${findings.length} finding${findings.length > 1 ? "s" : ""}`}.`);
    for (const line of findingLines(findings)) print(line);
  },
});
