import { defineCommand } from "citty";
import { print } from "../output.ts";
import { chooseClients, CommandError, findPlace, targetArgs } from "../target.ts";

export const logs = defineCommand({
  meta: { name: "logs", description: "Print the log of a function, an endpoint or a training job" },
  args: {
    function: { type: "string", description: "A function's name" },
    "endpoint-name": { type: "string", alias: "e", description: "An endpoint's name" },
    training: { type: "string", description: "A training job's name" },
    ...targetArgs,
  },
  async run({ args }) {
    const clients = chooseClients(args);
    await findPlace(clients);
    const { paginateFilterLogEvents } = await import("@aws-sdk/client-cloudwatch-logs");
    const where = placeOf(args);
    try {
      for await (const { events = [] } of paginateFilterLogEvents({ client: await clients.logs() }, where)) {
        for (const { timestamp, message } of events) print(`${new Date(timestamp ?? 0).toISOString()}  ${(message ?? "").trimEnd()}`);
      }
    } catch (error) {
      if ((error as Error).name !== "ResourceNotFoundException") throw error;
      throw new CommandError(`There is no log ${where.logGroupName}. Nothing has run yet, or its role may not write logs.`, { cause: error });
    }
  },
});

function placeOf(args: { readonly function?: string | undefined; readonly "endpoint-name"?: string | undefined; readonly training?: string | undefined }): { readonly logGroupName: string; readonly logStreamNamePrefix?: string } {
  if (args.function !== undefined) return { logGroupName: `/aws/lambda/${args.function}` };
  if (args["endpoint-name"] !== undefined) return { logGroupName: `/aws/sagemaker/Endpoints/${args["endpoint-name"]}` };
  if (args.training !== undefined) return { logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: `${args.training}/` };
  throw new CommandError("Say whose log: --function NAME, --endpoint-name NAME or --training JOB.");
}
