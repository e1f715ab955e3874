import { readFile } from "node:fs/promises";
import { defineCommand } from "citty";
import { invokeFunction } from "../../project/invoke.ts";
import { print, tell } from "../output.ts";
import { chooseClients, CommandError, findPlace, targetArgs } from "../target.ts";

export const invoke = defineCommand({
  meta: { name: "invoke", description: "Invoke a function and print its answer" },
  args: {
    name: { type: "positional", description: "The function's name", required: true },
    event: { type: "string", description: 'The event as JSON, e.g. {"url":"https://…/dog.jpg"}' },
    image: { type: "string", description: "A picture file: sent as {\"image\": base64}" },
    ...targetArgs,
  },
  async run({ args }) {
    const event = await eventOf(args);
    const clients = chooseClients(args);
    await findPlace(clients);
    const answer = await invokeFunction(clients, args.name, event);
    print(JSON.stringify(answer.payload, undefined, 2));
    if (answer.error !== undefined) {
      tell(answer.logTail);
      throw new CommandError(`The function failed (${answer.error}).`);
    }
  },
});

async function eventOf({ event, image }: { readonly event?: string | undefined; readonly image?: string | undefined }): Promise<unknown> {
  if (image !== undefined) return { image: (await readFile(image)).toString("base64") };
  if (event === undefined) return {};
  try {
    return JSON.parse(event) as unknown;
  } catch (error) {
    throw new CommandError(`--event is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
