import { defineCommand } from "citty";
import { down } from "../../project/down.ts";
import { loadProject } from "../../project/load.ts";
import { print } from "../output.ts";
import { chooseClients, findPlace, targetArgs } from "../target.ts";

export const downCommand = defineCommand({
  meta: { name: "down", description: "Remove what up made: function, endpoint, roles; with --everything the bucket too" },
  args: {
    project: { type: "string", description: "The project's folder", default: "." },
    everything: { type: "boolean", description: "Also the training role and the bucket with pictures and artifacts", default: false },
    ...targetArgs,
  },
  async run({ args }) {
    const { project } = await loadProject(args.project);
    const clients = chooseClients(args);
    await down(project, { clients, place: await findPlace(clients), everything: args.everything, onRemove: (what) => print(`  removing ${what}`) });
    print(args.everything ? `${project.name} is gone.` : `${project.name} costs nothing now; its bucket and training jobs stay.`);
  },
});
