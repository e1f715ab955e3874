import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProcessSpec } from "../../machines/index.ts";
import { ownFolders } from "../package-folders.ts";
import type { Python } from "../python.ts";
import { threadVariables } from "../threads.ts";
import type { Framework, Serving } from "./images.ts";
import { ServerFailed, type ServedContainer } from "./types.ts";

const SERVER = fileURLToPath(new URL("toolkit/serve.py", import.meta.url));
/** https://github.com/aws/sagemaker-inference-toolkit: the module when SAGEMAKER_PROGRAM names none. */
const DEFAULT_PROGRAM = "inference.py";
const TIMEOUT_SECONDS = 60;
/** A batch's pictures are answered one after the other by the toolkit's handler: of these, batches change nothing here. */
const TORCHSERVE = ["BATCH_SIZE", "MAX_BATCH_DELAY", "MIN_WORKERS", "MAX_WORKERS", "RESPONSE_TIMEOUT"];

export interface ToolkitProgram extends Pick<ProcessSpec, "command" | "args" | "readable"> {
  readonly environment: Readonly<Record<string, string>>;
  /** Where the user's code lies below `/opt/ml`; undefined where it needs nothing. */
  readonly code?: string;
}

interface Place {
  /** `/opt/ml` as the program sees it. */
  readonly root: string;
  readonly vcpus: number;
}

/** The program that serves a Python artifact: its own server where the image may have one and the artifact does, else ours around the user's functions. */
export function toolkitProgram(container: ServedContainer, { framework, script }: Extract<Serving, { kind: "toolkit" }>, { root, vcpus }: Place, python: Python): ToolkitProgram {
  const { mlFolder, environment } = container;
  const has = (path: string): boolean => existsSync(join(mlFolder, path));
  if (script !== undefined && has(`model/${script}`)) return { command: python.command, args: [`${root}/model/${script}`], readable: python.folders, environment: {}, code: "model/code" };
  // Where SAGEMAKER_SUBMIT_DIRECTORY is an S3 address, it has been brought there.
  const code = has("code") ? "code" : "model/code";
  const module = environment["SAGEMAKER_PROGRAM"] ?? DEFAULT_PROGRAM;
  const needed = framework === "python" || framework === "scikit-learn" || environment["SAGEMAKER_PROGRAM"] !== undefined;
  if (needed && !has(`${code}/${module.endsWith(".py") ? module : `${module}.py`}`)) throw new ServerFailed(`The model artifact holds no code/${module}${script === undefined ? "" : ` and no ${script}`}.`);
  const { workers, timeout } = serverSettings(environment, { framework, vcpus });
  return {
    command: python.command, args: [SERVER, framework], code, readable: [...python.folders, ...ownFolders([])],
    environment: {
      ...threadVariables(vcpus / workers),
      PYTHONPATH: `${root}/${code}`, PYTHONDONTWRITEBYTECODE: "1",
      SM_MODEL_DIR: `${root}/model`,
      SAGEMAKER_MODEL_SERVER_WORKERS: String(workers),
      SAGEMAKER_MODEL_SERVER_TIMEOUT: String(timeout),
    },
  };
}

/** environment.py of sagemaker-inference and ts_environment.py of sagemaker-pytorch-inference: one worker for each vCPU; one where any of TorchServe's own variables is set. */
function serverSettings(environment: Readonly<Record<string, string>>, { framework, vcpus }: { readonly framework: Framework; readonly vcpus: number }): { readonly workers: number; readonly timeout: number } {
  const whole = (name: string, otherwise: number): number => Math.max(1, Math.floor(Number(environment[name] ?? otherwise)) || otherwise);
  if (framework === "pytorch" && TORCHSERVE.some((name) => environment[`SAGEMAKER_TS_${name}`] !== undefined)) {
    return { workers: whole("SAGEMAKER_TS_MIN_WORKERS", 1), timeout: whole("SAGEMAKER_TS_RESPONSE_TIMEOUT", TIMEOUT_SECONDS) };
  }
  const timeout = whole("SAGEMAKER_MODEL_SERVER_TIMEOUT", TIMEOUT_SECONDS);
  return { workers: whole("SAGEMAKER_MODEL_SERVER_WORKERS", Math.max(1, Math.floor(vcpus))), timeout: framework === "python" ? whole("SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS", timeout) : timeout };
}
