import { defineCommand } from "citty";
import { findInstanceType, PRICES_AS_OF, usdPerHour } from "../../catalogue/instance-types.ts";
import { listNotebooks, requireMinutes, startNotebook, stopNotebook } from "../notebooks.ts";
import { print } from "../output.ts";
import { table } from "../summary.ts";
import { chooseClients, CommandError, findPlace, targetArgs } from "../target.ts";

const priceOf = (type: string): string => {
  const price = usdPerHour(type, "notebook");
  return price === undefined ? "price unknown" : `$${price} an hour`;
};

export const notebook = defineCommand({
  meta: { name: "notebook", description: "Notebook instances: start prints the link, stop ends one, list says what there is" },
  args: {
    action: { type: "positional", description: "start, stop or list", required: true },
    name: { type: "string", description: "The notebook instance", default: "notebook" },
    type: { type: "string", description: "Its instance type, for start (ml.t3.medium unless it is there already)" },
    "idle-stop": { type: "string", description: "Stop it when nothing has run for as long, such as 30m or 2h; off: never", valueHint: "30m" },
    role: { type: "string", description: "ARN of its role; without it one named sagebrush-notebook is made" },
    ...targetArgs,
  },
  async run({ args }) {
    const { action, name, type, role } = args;
    if (!["start", "stop", "list"].includes(action)) throw new CommandError(`notebook ${action}: there are start, stop and list`);
    if (type !== undefined && !findInstanceType(type)?.uses.includes("notebook")) throw new CommandError(`--type ${type}: not a known notebook type; sagebrush instances --for notebook lists them`);
    const idleMinutes = args["idle-stop"] === undefined ? undefined : requireMinutes(args["idle-stop"]);
    const clients = chooseClients(args);
    const place = await findPlace(clients);
    if (action === "stop") {
      await stopNotebook(clients, name);
      return print(`${name} is stopped; its volume stays. sagebrush notebook start --name ${name} starts it again.`);
    }
    if (action === "list") {
      const all = await listNotebooks(clients);
      if (all.length === 0) return print("There is no notebook instance.");
      for (const line of table(all.map((each) => [`  ${each.name}`, each.status, each.type, priceOf(each.type), each.reason ?? ""]))) print(line);
      return;
    }
    const started = await startNotebook(clients, { name, type, role, idleMinutes, place, aws: args.target === "aws" });
    print(`${name} (${started.type}, ${priceOf(started.type)} in us-east-1, prices as of ${PRICES_AS_OF}) is in service.`);
    print(started.url);
    print("The link opens it once, within five minutes; the same command gives another.");
    if (started.idleMinutes !== undefined) print(`It is stopped when nothing has run in it for ${started.idleMinutes} minutes.`);
  },
});
