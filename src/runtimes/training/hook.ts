import { fileURLToPath } from "node:url";
import { ownFolders } from "../package-folders.ts";
import type { TrainingProgram } from "./types.ts";

/** Where a followed script's statistics are written, below `/opt/ml`. */
export const TENSOR_FILE = "output/tensors/statistics.jsonl";
/** Has `smdebug`, which scripts import, and a `sitecustomize` that follows PyTorch without their doing. */
const HOOK_FOLDER = fileURLToPath(new URL("hook", import.meta.url));

/** What puts the hook on a Python script's path; it does something only where the job asks for it. */
export const hookVariables = ({ hook }: Pick<TrainingProgram, "hook">, root: string, torchHome?: string): Readonly<Record<string, string>> => ({
  PYTHONPATH: `${root}/code:${HOOK_FOLDER}`,
  // Pretrained weights that the user has put there: torch.hub and torchvision look for them.
  ...(torchHome !== undefined && { TORCH_HOME: torchHome, SAGEBRUSH_TORCH_HOME: torchHome }),
  ...hookConfiguration({ hook }, root),
});

/** What the hook, or a built-in algorithm, reads: where to write what. */
export const hookConfiguration = ({ hook }: Pick<TrainingProgram, "hook">, root: string): Readonly<Record<string, string>> =>
  (hook === undefined ? {} : { SAGEBRUSH_HOOK: JSON.stringify({ file: `${root}/${TENSOR_FILE}`, ...hook }) });

/** What a machine must see of ours for it. */
export const hookFolders = (): readonly string[] => ownFolders([]);
