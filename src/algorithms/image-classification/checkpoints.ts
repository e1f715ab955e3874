import { access, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeCheckpoint, encodeCheckpoint } from "../../learn/checkpoint.ts";
import type { TrainingState } from "../../learn/training-step.ts";
import type { EpochReport } from "./epochs.ts";
import type { Weights } from "./whole-network.ts";

/** What a training goes on from: the state after an epoch, the best weights so far, and what was said of each epoch. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly best: Weights;
  readonly reports: readonly EpochReport[];
}

export interface Checkpoints {
  /** The last one that was written whole; undefined when there is none. Throws when its files do not belong together. */
  load(): Promise<Checkpoint | undefined>;
  save(now: Checkpoint & { readonly epoch: number }): Promise<void>;
}

const PROGRESS = "progress.json";
/** Two places that take turns: the files of the last progress stand untouched while the next ones are written. */
const filesOf = (turn: number): { readonly state: string; readonly best: string } => ({ state: `state-${turn}.safetensors`, best: `best-${turn}.safetensors` });

interface Progress {
  /** What the checkpoint is of: it is not gone on from with another. */
  readonly of: string;
  /** Which of the two places its files are in. */
  readonly turn: number;
  /** Steps in the state file, to see that both belong together. */
  readonly steps: number;
  readonly reports: readonly EpochReport[];
}

/**
 * Checkpoints in the folder that CheckpointConfig brings and takes (/opt/ml/checkpoints). Undefined where the job has none.
 * `of` says of what: a job with another network or other pictures begins anew. Each file is renamed into place, the progress last.
 */
export async function openCheckpoints(folder: string, { of, frequency }: { readonly of: string; readonly frequency: number }): Promise<Checkpoints | undefined> {
  if (!(await access(folder).then(() => true, () => false))) return undefined;
  const put = async (name: string, content: string | Uint8Array): Promise<void> => {
    // Beside the folder: what is in it is brought to S3 as it changes.
    const path = `${folder}.${name}.part`;
    await writeFile(path, content);
    await rename(path, join(folder, name));
  };
  const stateOf = (weights: Weights, steps: number): TrainingState => ({ steps, tensors: Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, { dims: [values.length], values }])) });
  let turn = 0;
  return {
    async load() {
      const text = await readFile(join(folder, PROGRESS), "utf8").catch(() => undefined);
      if (text === undefined) return undefined;
      const progress = JSON.parse(text) as Progress;
      if (progress.of !== of) return undefined;
      const files = filesOf(progress.turn);
      const state = decodeCheckpoint(await readFile(join(folder, files.state)));
      const best = decodeCheckpoint(await readFile(join(folder, files.best)));
      if (state.steps !== progress.steps || best.steps !== progress.steps) throw new Error(`The checkpoint in ${folder} is of ${state.steps} and ${best.steps} steps where ${progress.steps} were taken: its files do not belong together.`);
      turn = 1 - progress.turn;
      return { state, reports: progress.reports, best: Object.fromEntries(Object.entries(best.tensors).map(([name, { values }]) => [name, values])) };
    },
    async save({ epoch, state, best, reports }) {
      if ((epoch + 1) % frequency !== 0) return;
      const files = filesOf(turn);
      await put(files.state, encodeCheckpoint(state));
      await put(files.best, encodeCheckpoint(stateOf(best, state.steps)));
      await put(PROGRESS, JSON.stringify({ of, turn, steps: state.steps, reports } satisfies Progress));
      turn = 1 - turn;
    },
  };
}
