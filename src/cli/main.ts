import { defineCommand, runCommand, showUsage, type CommandDef, type SubCommandsDef } from "citty";
import { readFileSync } from "node:fs";
import { checkFlags } from "./flags.ts";
import { print, tell } from "./output.ts";

// Commands load when they are asked for: `--help` must not wait for the cloud's code.
const subCommands: SubCommandsDef = {
  start: async () => (await import("./commands/start.ts")).start,
  serve: async () => (await import("./commands/serve.ts")).serve,
  up: async () => (await import("./commands/up.ts")).upCommand,
  invoke: async () => (await import("./commands/invoke.ts")).invoke,
  status: async () => (await import("./commands/status.ts")).status,
  review: async () => (await import("./commands/review.ts")).reviewCommand,
  interrupt: async () => (await import("./commands/interrupt.ts")).interrupt,
  instances: async () => (await import("./commands/instances.ts")).instances,
  notebook: async () => (await import("./commands/notebook.ts")).notebook,
  logs: async () => (await import("./commands/logs.ts")).logs,
  down: async () => (await import("./commands/down.ts")).downCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
};

const main = defineCommand({
  meta: { name: "sagebrush", description: "Train, deploy and invoke on one machine, over the AWS wire protocols" },
  subCommands,
});

// `sagebrush … | head`: nobody reads any more, and that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const args = process.argv.slice(2);
const version = (): string => (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }).version;
const name = args.find((arg) => !arg.startsWith("-"));
const load = name !== undefined && Object.hasOwn(subCommands, name) ? subCommands[name] : undefined;
const chosen = (typeof load === "function" ? await (load as () => Promise<CommandDef>)() : undefined);

if (name !== undefined && !chosen) {
  tell(`There is no command ${name}. Commands: ${Object.keys(subCommands).join(", ")}.`);
  process.exitCode = 1;
} else if (args[0] === "--version") {
  print(version());
} else if (!chosen || args.includes("--help") || args.includes("-h")) {
  await (chosen ? showUsage(chosen, main) : showUsage(main));
} else {
  try {
    await checkFlags(chosen, args, args.indexOf(name ?? ""));
    await runCommand(main, { rawArgs: args });
  } catch (error) {
    // Errors that say what to do are for people; anything else is ours, and its stack helps to mend it.
    const known = ["CommandError", "ProjectError", "OptionsError", "DataFolderError", "ArtifactRejected", "CLIError"].includes((error as Error).name);
    tell(known || process.env["SAGEBRUSH_DEBUG"] === undefined ? (error as Error).message : String((error as Error).stack));
    process.exitCode = 1;
  }
}
