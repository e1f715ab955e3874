import { chmod, copyFile, link, mkdir, readdir } from "node:fs/promises";
import { constants, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IsolationReport, Machine, ProcessSpec } from "../../machines/types.ts";
import { cloudVariables } from "../cloud-variables.ts";
import { withRealHome } from "../package-folders.ts";
import { BOOTSTRAP_FOLDER } from "./runtime.ts";
import type { FunctionTarget, RoleSession } from "./target.ts";

/** The clients lie side by side; one of them tells where. */
const SDK_CLIENT = "@aws-sdk/client-sts";

/** Our own package. Its node_modules hold the SDK that handlers may import; installed, the folder that it lies in does. */
const PACKAGE_FOLDER = fileURLToPath(new URL("../../..", import.meta.url));
const SDK_FOLDERS = [join(PACKAGE_FOLDER, "node_modules"), dirname(PACKAGE_FOLDER)]
  .filter((folder) => basename(folder) === "node_modules" && existsSync(folder)).flatMap((folder) => withRealHome(folder, SDK_CLIENT));

export interface LaunchFacts {
  readonly target: FunctionTarget;
  readonly session: RoleSession;
  readonly runtimeApi: string;
  readonly token: string;
  readonly logStream: string;
  /** Where the function's SDK clients reach the cloud. */
  readonly endpoint: string;
}

/**
 * What an environment's program is started with. Where machines have mounts of their own, the code stands at /var/task
 * and /tmp is the environment's; elsewhere LAMBDA_TASK_ROOT and TMPDIR say where they are.
 */
export async function prepareLaunch(machine: Machine, isolation: IsolationReport, facts: LaunchFacts): Promise<ProcessSpec> {
  const { target } = facts;
  const tmp = join(machine.folder, "tmp");
  const task = join(machine.folder, "task");
  const mounted = isolation.files === "mount-namespace";
  await placeCode(target.codeFolder, task, isolation.identity === "own-user");
  return {
    command: target.runtime.command,
    args: target.runtime.commandArgs(target.memoryMiB),
    environment: {
      ...platformVariables(facts, mounted ? "/var/task" : task),
      ...(mounted ? { HOME: "/tmp" } : { HOME: tmp, TMPDIR: tmp }),
      // The function's own come last; AWS's reserved names were refused when they were configured.
      ...target.environment,
    },
    workingFolder: tmp,
    readable: [BOOTSTRAP_FOLDER, ...SDK_FOLDERS, ...target.runtime.folders],
    ...(mounted ? { mounts: { "/var/task": task } } : {}),
  };
}

/**
 * Puts the package into the machine's folder. Its files stay the server's: another user can read them and not change
 * them, and so they may be links to the one unpacked copy. Where the function runs as our own user it gets a copy.
 */
async function placeCode(from: string, to: string, share: boolean): Promise<void> {
  await mkdir(to);
  // Whatever the server's umask: the function is another user.
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, place] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await placeCode(source, place, share);
    else if (!share || !(await linked(source, place))) await copyFile(source, place, constants.COPYFILE_FICLONE);
  }
}

/** False where the machine's folder is on another file system. */
const linked = (source: string, place: string): Promise<boolean> => link(source, place).then(() => true, () => false);

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment variables". */
function platformVariables({ target, session, runtimeApi, token, logStream, endpoint }: LaunchFacts, taskRoot: string): Record<string, string> {
  return {
    _HANDLER: target.handler,
    ...cloudVariables({ region: target.region, credentials: session, endpoint }),
    AWS_EXECUTION_ENV: `AWS_Lambda_${target.runtime.name}`,
    AWS_LAMBDA_FUNCTION_NAME: target.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(target.memoryMiB),
    AWS_LAMBDA_FUNCTION_VERSION: target.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: target.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    // Ours: shown to the Runtime API by our bootstraps, which take it out of the handler's variables.
    SAGEBRUSH_RUNTIME_TOKEN: token,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: BOOTSTRAP_FOLDER,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: "/usr/local/bin:/usr/bin:/bin",
  };
}
