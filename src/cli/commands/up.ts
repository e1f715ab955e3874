import { defineCommand } from "citty";
import { print } from "../output.ts";
import { runUp } from "../run-up.ts";
import { answerLines, costLines, evaluationLines, hasFailed } from "../summary.ts";
import { chooseClients, targetArgs } from "../target.ts";

export const upCommand = defineCommand({
  meta: { name: "up", description: "Make what the project file says: train, check the artifact, deploy, ask for an answer" },
  args: {
    project: { type: "string", description: "The project's folder", default: "." },
    ...targetArgs,
  },
  async run({ args }) {
    const { loaded, result } = await runUp(chooseClients(args), { projectPath: args.project, data: args.data });
    for (const line of ["", ...evaluationLines(result.evaluation), "", ...answerLines(result), "", ...costLines(result, loaded.project), "", `Function URL: ${result.functionUrl}`]) print(line);
    if (hasFailed(result.answer)) process.exitCode = 1;
  },
});
