import { defineCommand } from "citty";
import { interruptTrainingJob } from "../../sdk/interrupt.ts";
import { print } from "../output.ts";
import { chooseClients, CommandError, findPlace, targetArgs } from "../target.ts";

export const interrupt = defineCommand({
  meta: { name: "interrupt", description: "Take the spot instances of a training job away, as AWS does when it needs them: does your job go on from its checkpoints?" },
  args: {
    job: { type: "positional", description: "The training job", required: true },
    ...targetArgs,
  },
  async run({ args }) {
    if (args.target === "aws") throw new CommandError("AWS takes spot instances away when it needs them; it cannot be asked to.");
    const clients = chooseClients(args);
    await findPlace(clients);
    await interruptTrainingJob(clients, args.job);
    print(`The instances of ${args.job} are taken away: its program has been asked to end (SIGTERM) and has two minutes. sagebrush status and DescribeTrainingJob tell how it goes on.`);
  },
});
