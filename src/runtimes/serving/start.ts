import { existsSync } from "node:fs";
import { join } from "node:path";
import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { Exit, IsolationReport, Machine, ProcessSpec } from "../../machines/index.ts";
import type { Clock } from "../../shared/clock.ts";
import { ownFolders, ownProgram } from "../package-folders.ts";
import type { Python } from "../python.ts";
import { threadVariables } from "../threads.ts";
import { waitForHealth } from "./health.ts";
import { SERVER_SCRIPTS, servingKindOf } from "./images.ts";
import { ServerFailed, type RunningServer, type ServedContainer } from "./types.ts";

export interface ServingPorts {
  readonly isolation: IsolationReport;
  readonly clock: Clock;
  readonly python: () => Promise<Python>;
}

/** Where containers listen: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html. Each machine has an address of its own. */
const PORT = 8080;
const STOP_GRACE: Milliseconds = 5 * SECOND;
/** Enough for a stack trace. */
const LAST_LINES = 20;

/** Starts the program that the image stands for and waits until it answers `/ping`. */
export async function startModelServer({ isolation, clock, python }: ServingPorts, machine: Machine, container: ServedContainer): Promise<RunningServer> {
  container.signal.throwIfAborted();
  const root = isolation.files === "mount-namespace" ? "/opt/ml" : container.mlFolder;
  const words: string[] = [];
  const program = await programOf(container, root, python);
  await machine.own(container.mlFolder);
  const running = await machine.start({
    ...program, environment: variables(container, machine, root), workingFolder: join(machine.folder, "tmp"), mounts: { "/opt/ml": container.mlFolder },
    onLine: (line) => {
      words.push(line);
      if (words.length > LAST_LINES) words.shift();
      return container.onLine(line);
    },
  });
  const exited = running.exited.then((exit) => [endingOf(exit, machine), ...words].join("\n"));

  const ended = new AbortController();
  void exited.then(() => ended.abort());
  const healthy = await waitForHealth({ address: machine.address, port: PORT }, { clock, patience: container.healthPatience, signal: AbortSignal.any([container.signal, ended.signal]) });
  if (!healthy) {
    if (ended.signal.aborted) throw new ServerFailed(await exited);
    const seen = [...words];
    await running.stop(STOP_GRACE);
    container.signal.throwIfAborted();
    throw new ServerFailed([`It did not answer GET /ping on port ${PORT} with 200 within ${container.healthPatience / SECOND} s.`, ...seen].join("\n"));
  }
  return { address: machine.address, port: PORT, exited, stop: async (grace) => void (await running.stop(grace)) };
}

async function programOf(container: ServedContainer, root: string, python: () => Promise<Python>): Promise<Pick<ProcessSpec, "command" | "args" | "readable">> {
  const kind = servingKindOf(container.image);
  if (kind === undefined) throw new ServerFailed(`The inference image ${container.image} is not supported by Sagebrush.`);
  if (kind === "image-classification") {
    return { command: process.execPath, args: [ownProgram("algorithms/image-classification/serve")], readable: ownFolders(["onnxruntime-node", "sharp"]) };
  }
  const script = SERVER_SCRIPTS[kind];
  if (!existsSync(join(container.mlFolder, "model", script))) throw new ServerFailed(`The model artifact holds no ${script}.`);
  const interpreter = kind === "node-script" ? { command: process.execPath, folders: [] } : await python();
  return { command: interpreter.command, args: [`${root}/model/${script}`], readable: interpreter.folders };
}

function variables({ region, credentials, endpoint, environment }: ServedContainer, machine: Machine, root: string): Readonly<Record<string, string>> {
  const temporary = root === "/opt/ml" ? "/tmp" : join(machine.folder, "tmp");
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: temporary,
    TMPDIR: temporary,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: endpoint,
    PYTHONUNBUFFERED: "TRUE",
    ...threadVariables(machine.limits.vcpus),
    ...(root === "/opt/ml" ? {} : { SAGEBRUSH_ML_ROOT: root, SM_MODEL_DIR: join(root, "model") }),
    ...environment,
    // Last: a container that listened elsewhere would never be found.
    SAGEMAKER_BIND_TO_PORT: String(PORT),
    SAGEMAKER_BIND_ADDRESS: machine.address,
  };
}

function endingOf(exit: Exit, machine: Machine): string {
  switch (exit.kind) {
    case "exited": return `It exited with code ${exit.code}.`;
    case "signalled": return `It was ended by ${exit.signal}.`;
    case "not-started": return `It could not be started: ${exit.reason}.`;
    case "out-of-memory": return `It ran out of memory: ${exit.peakMiB} MiB of ${exit.limitMiB} MiB${machine.spec.instanceType === undefined ? "" : ` on ${machine.spec.instanceType}`}.`;
  }
}
