import type { ProcessSpec } from "../types.ts";

/** The tools that run before the program see this and nothing else. */
export const WRAPPER_ENVIRONMENT = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" };

/** Written by the script on descriptor 3 right before it becomes the program: everything before it was preparation. */
export const READY = "ready\n";

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What shells add to an environment by themselves, and what the wrappers before the program have. */
const NOT_ITS_OWN = ["PWD", "OLDPWD", "SHLVL", "_", ...Object.keys(WRAPPER_ENVIRONMENT)];

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The script by which the machine's user becomes the program. It travels through a descriptor, never through arguments:
 * arguments of a process can be read by every user of the host, and the environment carries session credentials.
 * Nor is the program's environment given to the tools that still run as root: it may say LD_PRELOAD.
 */
export function programScript(spec: ProcessSpec): string {
  const entries = Object.entries(spec.environment);
  for (const [name, value] of entries) {
    if (name === "" || name.includes("=") || `${name}${value}`.includes("\0")) throw new Error(`The environment variable ${JSON.stringify(name)} cannot be set: its name or value holds a character that none may have.`);
  }
  const exported = entries.filter(([name]) => IDENTIFIER.test(name));
  // Names like SM_HP_LEARNING-RATE are legal in an environment but not in a shell.
  const odd = entries.filter(([name]) => !IDENTIFIER.test(name));
  const command = [...(odd.length > 0 ? ["/usr/bin/env", ...odd.map(([name, value]) => `${name}=${value}`)] : []), spec.command, ...spec.args];
  return [
    // One block, so that a script cut short by the server's death is a syntax error and not another program.
    "{",
    `cd ${quote(spec.workingFolder)} || exit 126`,
    `unset ${NOT_ITS_OWN.join(" ")}`,
    ...exported.map(([name, value]) => `export ${name}=${quote(value)}`),
    `printf '${READY.replace("\n", "\\n")}' >&3`,
    `exec ${command.map(quote).join(" ")} </dev/null 3>&-`,
    "}",
    "",
  ].join("\n");
}
