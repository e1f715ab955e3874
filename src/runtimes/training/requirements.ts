import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Machine, ProcessSpec } from "../../machines/index.ts";
import { reasonOf, toolkitError } from "./failure.ts";

/** Prints, per requirement, its name and the version that is installed, empty where none is. */
const LOOK = `
import importlib.metadata, json, re, sys
found = []
for line in open(sys.argv[1], encoding="utf-8"):
    match = re.match(r"\\s*([A-Za-z0-9][A-Za-z0-9._-]*)", line.split("#")[0])
    if not match:
        continue
    try:
        found.append((match.group(1), importlib.metadata.version(match.group(1))))
    except importlib.metadata.PackageNotFoundError:
        found.append((match.group(1), ""))
print(json.dumps(found))
`;

/**
 * AWS's toolkit installs a `requirements.txt` beside the script; here nothing is downloaded into jobs. What it names must
 * be there already: what is missing fails the job by name (the reason is returned), what is there is told in the log.
 */
export async function checkRequirements(machine: Machine, python: Pick<ProcessSpec, "command" | "environment" | "workingFolder" | "readable" | "mounts">, { codeFolder, root, say }: { readonly codeFolder: string; readonly root: string; readonly say: (line: string) => Promise<void> }): Promise<string | undefined> {
  if (!existsSync(join(codeFolder, "requirements.txt"))) return undefined;
  const lines: string[] = [];
  const file = `${root}/code/requirements.txt`;
  const process = await machine.start({ ...python, args: ["-c", LOOK, file], onLine: (line) => void lines.push(line) });
  const exit = await process.exited;
  const command = `${python.command} -m pip install -r requirements.txt`;
  const fail = (message: string): string => reasonOf(toolkitError("InstallRequirementsError", { code: 1, message, command }), ", exit code: 1");
  if (exit.kind !== "exited" || exit.code !== 0) return fail(`requirements.txt cannot be read: ${lines.join(" ").slice(-300)}`);
  const found = JSON.parse(lines.at(-1) ?? "[]") as [name: string, version: string][];
  const missing = found.filter(([, version]) => version === "").map(([name]) => name);
  if (missing.length > 0) return fail(`Sagebrush installs nothing into jobs; install ${missing.join(", ")} for ${python.command}`);
  await say(`requirements.txt is not installed from; ${python.command} has ${found.map(([name, version]) => `${name} ${version}`).join(", ")}. Versions are not compared.`);
  return undefined;
}
