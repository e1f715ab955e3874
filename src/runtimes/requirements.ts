import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Machine, ProcessSpec } from "../machines/index.ts";

/** Says of each line of a requirements file whether it is met: `name version`, else the line. Lines with options or addresses count as unmet. */
const LOOK = `
import importlib.metadata, json, sys
try:
    from packaging.requirements import InvalidRequirement, Requirement
except ImportError:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
met, unmet = [], []
for line in open(sys.argv[1], encoding="utf-8"):
    text = line.split(" #")[0].strip()
    if not text or text.startswith("#"):
        continue
    try:
        wanted = Requirement(text)
        version = importlib.metadata.version(wanted.name)
        (met if wanted.url is None and wanted.specifier.contains(version, prereleases=True) else unmet).append(f"{wanted.name} {version}" if wanted.url is None and wanted.specifier.contains(version, prereleases=True) else text)
    except (InvalidRequirement, importlib.metadata.PackageNotFoundError):
        unmet.append(text)
print(json.dumps([met, unmet]))
`;
/** Pip gives up soon where there is no network. */
const PIP_OPTIONS = ["--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"];
const LAST_LINES = 6;

export interface RequirementsPlace {
  readonly codeFolder: string;
  /** The same as the program sees it. */
  readonly seen: string;
  /** The machine's folder for temporary files as the program sees it; what is installed goes there, and away with the machine. */
  readonly temporary: string;
  /** Where pip finds packages: PIP_INDEX_URL and its kin, of the server's own environment. */
  readonly pip: Readonly<Record<string, string>>;
  readonly say: (line: string) => Promise<void>;
  /** The folder is a package (setup.py) that is to be installed too. */
  readonly isPackage?: boolean;
}

/** The Python to run the script with: the given one, or an environment of the machine's own over it. */
export type Equipped = { readonly kind: "ready"; readonly command: string; readonly own: boolean } | { readonly kind: "failed"; readonly message: string; readonly step: "requirements" | "package" };

/** What tells pip where packages are, and how to get there; paths among them must be readable by everybody. */
export const pipSettings = (environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value !== undefined && /^(PIP_|HTTPS?_PROXY$|NO_PROXY$)/i.test(name) ? [[name, value] as const] : [])));

/**
 * Meets the `requirements.txt` beside a script, as AWS's toolkits do, and installs the package that the script is in. What the interpreter has in a fitting version is not installed again; for the rest a
 * virtual environment over it is made on the machine.
 */
export async function installRequirements(machine: Machine, python: Pick<ProcessSpec, "environment" | "workingFolder" | "readable" | "mounts"> & { readonly command: string }, place: RequirementsPlace): Promise<Equipped> {
  const { command } = python;
  const listed = existsSync(join(place.codeFolder, "requirements.txt"));
  if (!listed && place.isPackage !== true) return { kind: "ready", command, own: false };
  const file = `${place.seen}/requirements.txt`;
  const fail = (message: string, step: "requirements" | "package" = "requirements"): Equipped => ({ kind: "failed", message, step });
  const run = async (program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<{ readonly ok: boolean; readonly lines: readonly string[] }> => {
    const lines: string[] = [];
    // By a shell: a program inside the machine is not one that this side can look up.
    const process = await machine.start({ ...python, command: "/bin/sh", args: ["-c", 'exec "$0" "$@"', program, ...args], environment: { ...python.environment, ...environment }, onLine: (line) => void lines.push(line) });
    const exit = await process.exited;
    return { ok: exit.kind === "exited" && exit.code === 0, lines };
  };
  const looked = listed ? await run(command, ["-c", LOOK, file]) : { ok: true, lines: [] };
  if (!looked.ok) return fail(`requirements.txt cannot be read: ${looked.lines.slice(-LAST_LINES).join(" ")}`);
  const [met, unmet] = JSON.parse(looked.lines.at(-1) ?? "[[], []]") as readonly [met: readonly string[], unmet: readonly string[]];
  if (met.length > 0) await place.say(`requirements.txt: ${command} has ${met.join(", ")}`);
  if (unmet.length === 0 && place.isPackage !== true) return { kind: "ready", command, own: false };

  if (unmet.length > 0) await place.say(`requirements.txt: installing ${unmet.join(", ")}`);
  const folder = `${place.temporary}/venv`;
  const made = await run(command, ["-m", "venv", "--system-site-packages", folder]);
  if (!made.ok) return fail(`no virtual environment can be made (Debian: python3-venv): ${made.lines.slice(-LAST_LINES).join(" ")}`);
  const own = `${folder}/bin/python`;
  const install = async (args: readonly string[]): Promise<string | undefined> => {
    const installed = await run(own, ["-m", "pip", "install", ...PIP_OPTIONS, ...args], place.pip);
    for (const line of installed.lines) await place.say(line);
    return installed.ok ? undefined : installed.lines.filter((line) => /error/i.test(line)).slice(-LAST_LINES).join("\n") || installed.lines.slice(-LAST_LINES).join("\n");
  };
  const unmetBecause = unmet.length === 0 ? undefined : await install(["-r", file]);
  if (unmetBecause !== undefined) return fail(unmetBecause);
  if (place.isPackage === true) {
    // What builds it is fetched only where the interpreter has none: most hosts have setuptools, and not all a network.
    const builder = await run(own, ["-c", "import setuptools"]);
    const because = await install([...(builder.ok ? ["--no-build-isolation"] : []), place.seen]);
    if (because !== undefined) return fail(because, "package");
  }
  return { kind: "ready", command: `${folder}/bin/python`, own: true };
}
