import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessSpec } from "../../machines/index.ts";
import type { Python } from "../python.ts";
import { UNREDIRECTED } from "./hosts.ts";
import { NETWORK_INTERFACE } from "./layout.ts";

/** What AWS's framework images have beside their Python, by name: how it is asked for here. */
const COMMANDS: Readonly<Record<string, string>> = { python: "", python3: "", pip: "-m pip", pip3: "-m pip", torchrun: ["-m", "torch.distributed.run", ...UNREDIRECTED].join(" ") };

/** Folders in which the image's commands stand, so that a shell script finds the Python that was chosen; the first of PATH. */
async function writeCommands(folder: string, python: Python): Promise<string> {
  const commands = join(folder, "commands");
  await mkdir(commands, { recursive: true });
  for (const [name, options] of Object.entries(COMMANDS)) {
    await writeFile(join(commands, name), `#!/bin/sh\nexec '${python.command.replaceAll("'", String.raw`'\''`)}' ${options} "$@"\n`, { mode: 0o755 });
  }
  return commands;
}

/**
 * A program that the job names itself (ContainerEntrypoint and ContainerArguments), as the SageMaker Python SDK's ModelTrainer does: no toolkit stands around it,
 * it has what every program has and sets its `SM_*` variables itself.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html
 */
export async function entrypointProgram([command = "", ...args]: readonly string[], { machineFolder, python, variables }: { readonly machineFolder: string; readonly python: Python; readonly variables: Readonly<Record<string, string>> }): Promise<Pick<ProcessSpec, "command" | "args" | "environment" | "readable">> {
  const commands = await writeCommands(machineFolder, python);
  return {
    command, args, readable: python.folders,
    environment: { GLOO_SOCKET_IFNAME: NETWORK_INTERFACE, PYTHONUNBUFFERED: "TRUE", PYTHONDONTWRITEBYTECODE: "1", ...variables, PATH: `${commands}:${variables["PATH"] ?? ""}` },
  };
}
