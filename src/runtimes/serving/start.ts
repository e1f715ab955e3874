import { existsSync } from "node:fs";
import { join } from "node:path";
import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { Exit, IsolationReport, Machine } from "../../machines/index.ts";
import type { Clock } from "../../shared/clock.ts";
import { freePort } from "../../shared/free-port.ts";
import { ownFolders, ownProgram } from "../package-folders.ts";
import type { Python } from "../python.ts";
import { installRequirements, type Equipped } from "../requirements.ts";
import { cloudVariables } from "../cloud-variables.ts";
import { threadVariables } from "../threads.ts";
import { waitForHealth } from "./health.ts";
import { NODE_SCRIPT, servingOf, unknownServingImage } from "./images.ts";
import { toolkitProgram, type ToolkitProgram } from "./toolkit.ts";
import { ServerFailed, type RunningServer, type ServedContainer } from "./types.ts";

export interface ServingPorts {
  readonly isolation: IsolationReport;
  readonly clock: Clock;
  readonly python: (image: string) => Promise<Python>;
  /** Where pip finds packages: PIP_INDEX_URL and its kin. */
  readonly pip: Readonly<Record<string, string>>;
}

/** AWS's words for a container that does not come up; its last words follow. */
const UNHEALTHY = "The primary container did not pass the ping health check. Please check CloudWatch logs for this endpoint.";
const STOP_GRACE: Milliseconds = 5 * SECOND;
/** Enough for a stack trace. */
const LAST_LINES = 20;

/** Starts the program that the image stands for and waits until it answers `/ping`. */
export async function startModelServer({ isolation, clock, python, pip }: ServingPorts, machine: Machine, container: ServedContainer): Promise<RunningServer> {
  container.signal.throwIfAborted();
  const root = isolation.files === "mount-namespace" ? "/opt/ml" : container.mlFolder;
  const words: string[] = [];
  // Not AWS's 8080: somebody else may listen there on every address.
  const port = await freePort(machine.address);
  const { code, ...program } = await programOf(container, { root, vcpus: machine.limits.vcpus }, python);
  await machine.own(container.mlFolder);
  const onLine = (line: string): Promise<void> => {
    words.push(line);
    if (words.length > LAST_LINES) words.shift();
    return container.onLine(line);
  };
  const where = { environment: { ...variables(container, { machine, root, port }), ...program.environment }, readable: program.readable ?? [], workingFolder: join(machine.folder, "tmp"), mounts: { "/opt/ml": container.mlFolder } };
  const equipped: Equipped = code === undefined ? { kind: "ready", command: program.command, own: false }
    : await installRequirements(machine, { ...where, command: program.command }, { codeFolder: join(container.mlFolder, code), seen: `${root}/${code}`, temporary: temporaryFolder(machine, root), pip, say: onLine });
  if (equipped.kind === "failed") throw new ServerFailed(`${UNHEALTHY} requirements.txt could not be installed: ${equipped.message}`);
  container.signal.throwIfAborted();
  // By a shell where the program lies on the machine: a path there is not one that this side can check.
  const command = equipped.own ? { command: "/bin/sh", args: ["-c", 'exec "$0" "$@"', equipped.command, ...program.args ?? []] } : { command: program.command, args: program.args ?? [] };
  const running = await machine.start({ ...where, ...command, onLine });
  const exited = running.exited.then((exit) => spoken(endingOf(exit, machine), words));

  const ended = new AbortController();
  void exited.then(() => ended.abort());
  const healthy = await waitForHealth({ address: machine.address, port }, { clock, patience: container.healthPatience, signal: AbortSignal.any([container.signal, ended.signal]) });
  if (!healthy) {
    if (ended.signal.aborted) throw new ServerFailed(`${UNHEALTHY} ${await exited}`);
    const seen = [...words];
    await running.stop(STOP_GRACE);
    container.signal.throwIfAborted();
    throw new ServerFailed(`${UNHEALTHY} ${spoken(`The container did not answer GET /ping with 200 within ${container.healthPatience / SECOND} s.`, seen)}`);
  }
  return { address: machine.address, port, exited, stop: async (grace) => void (await running.stop(grace)) };
}

async function programOf(container: ServedContainer, place: { readonly root: string; readonly vcpus: number }, python: ServingPorts["python"]): Promise<ToolkitProgram> {
  const serving = servingOf(container.image);
  switch (serving?.kind) {
    case undefined:
      throw new ServerFailed(unknownServingImage(container.image));
    case "image-classification":
      return { command: process.execPath, args: [ownProgram("algorithms/image-classification/serve")], readable: ownFolders(["onnxruntime-node", "sharp"]), environment: {} };
    case "node-script":
      if (!existsSync(join(container.mlFolder, "model", NODE_SCRIPT))) throw new ServerFailed(`The model artifact holds no ${NODE_SCRIPT}.`);
      return { command: process.execPath, args: [`${place.root}/model/${NODE_SCRIPT}`], readable: [], environment: {} };
    case "toolkit":
      return toolkitProgram(container, serving, place, await python(container.image));
  }
}

const spoken = (ending: string, words: readonly string[]): string => (words.length === 0 ? ending : `${ending} Its last words: ${words.join("\n")}`);

const temporaryFolder = (machine: Machine, root: string): string => (root === "/opt/ml" ? "/tmp" : join(machine.folder, "tmp"));

function variables({ region, credentials, endpoint, environment }: ServedContainer, { machine, root, port }: { readonly machine: Machine; readonly root: string; readonly port: number }): Readonly<Record<string, string>> {
  const temporary = temporaryFolder(machine, root);
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: temporary,
    TMPDIR: temporary,
    ...cloudVariables({ region, credentials, endpoint }),
    PYTHONUNBUFFERED: "TRUE",
    ...threadVariables(machine.limits.vcpus),
    ...(root === "/opt/ml" ? {} : { SAGEBRUSH_ML_ROOT: root, SM_MODEL_DIR: join(root, "model") }),
    ...environment,
    // Last: a container that listened elsewhere would never be found.
    SAGEMAKER_BIND_TO_PORT: String(port),
    SAGEMAKER_BIND_ADDRESS: machine.address,
  };
}

function endingOf(exit: Exit, machine: Machine): string {
  switch (exit.kind) {
    case "exited": return `The container exited with code ${exit.code}.`;
    case "signalled": return `The container was ended by ${exit.signal}.`;
    case "not-started": return `The container could not be started: ${exit.reason}.`;
    case "out-of-memory": return `The container ran out of memory: it reached ${exit.peakMiB} MiB and has ${exit.limitMiB} MiB${machine.spec.instanceType === undefined ? "" : ` on ${machine.spec.instanceType}`}.`;
  }
}
