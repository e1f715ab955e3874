import { defineCommand } from "citty";
import { print } from "../output.ts";
import { runUp } from "../run-up.ts";
import { review } from "../../review/index.ts";
import { takeSnapshot } from "../review-snapshot.ts";
import { answerLines, costLines, evaluationLines, findingLines, hasFailed } from "../summary.ts";
import { chooseClients, targetArgs } from "../target.ts";

export const upCommand = defineCommand({
  meta: { name: "up", description: "Make what the project file says: train, check the artifact, deploy, ask for an answer" },
  args: {
    project: { type: "string", description: "The project's folder", default: "." },
    ...targetArgs,
  },
  async run({ args }) {
    const clients = chooseClients(args);
    const { loaded, result } = await runUp(clients, { projectPath: args.project, data: args.data });
    for (const line of ["", ...evaluationLines(result.evaluation), "", ...answerLines(result), "", ...costLines(result, loaded.project), "", `Function URL: ${result.functionUrl}`]) print(line);
    const { jobName, tuningJob } = result.model;
    const found = findingLines(review(await takeSnapshot(clients, tuningJob === undefined ? { job: jobName } : { tuning: tuningJob })));
    for (const line of found) print(line);
    if (hasFailed(result.answer)) process.exitCode = 1;
  },
});
