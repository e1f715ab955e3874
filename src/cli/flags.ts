import { parseArgs, type ParseArgsConfig } from "node:util";
import type { ArgsDef, CommandDef } from "citty";
import { CommandError } from "./target.ts";

/**
 * Refuses what citty passes over: flags that a command does not have or that stand before its name, missing values, and
 * words too many. `at` is where the command's name stands.
 */
export async function checkFlags(command: CommandDef, args: readonly string[], at: number): Promise<void> {
  if (at > 0) throw new CommandError(`${args[0]} must stand after the command ${args[at]}.`);
  const known = await (typeof command.args === "function" ? command.args() : command.args) as ArgsDef | undefined ?? {};
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  let places = 0;
  for (const [name, { type, ...rest }] of Object.entries(known)) {
    if (type === "positional") places += 1;
    else options[name] = { type: type === "boolean" ? "boolean" : "string", ...("alias" in rest && typeof rest.alias === "string" && { short: rest.alias }) };
  }
  const flags = Object.keys(options).map((name) => `--${name}`).join(", ");
  let positionals: readonly string[];
  try {
    ({ positionals } = parseArgs({ args: args.slice(at + 1), options, allowPositionals: true, allowNegative: true }));
  } catch (error) {
    const [what = ""] = (error as Error).message.split(". To specify");
    throw new CommandError(`${what}. Flags: ${flags === "" ? "none" : flags}.`, { cause: error });
  }
  if (positionals.length > places) throw new CommandError(`There is nothing to do with ${JSON.stringify(positionals[places])}. Flags: ${flags === "" ? "none" : flags}.`);
}
