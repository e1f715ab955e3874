/** `npm run bench -- hook`: what following a PyTorch script costs it at the default save interval, by processor time, taking turns with the same script alone. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hookVariables } from "../../src/runtimes/training/hook.ts";
import { list, median, type Row } from "../support/table.ts";

const ROUNDS = 7;
const STEPS = 400;
const AIM_PERCENT = 5;
const COLLECTIONS = { losses: {}, gradients: {}, weights: {}, relu_output: {} };

function secondsOf(variables: Readonly<Record<string, string>>): number {
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", [join(import.meta.dirname, "step.py")], {
    env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE", PYTHONDONTWRITEBYTECODE: "1", ...variables }, encoding: "utf8",
  });
  if (status !== 0) throw new Error(`PyTorch is needed in /usr/bin/python3: ${stderr}`);
  return Number(stdout);
}

export async function measureHook(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-hook-"));
  try {
    const rounds = Array.from({ length: ROUNDS }, () => ({ alone: secondsOf({}), followed: secondsOf(hookVariables({ hook: { collections: COLLECTIONS, classes: true } }, folder)) }));
    const percents = rounds.map(({ alone, followed }) => (followed / alone - 1) * 100);
    const overhead = median(percents);
    return [{
      what: "following a PyTorch script", figure: `${overhead.toFixed(1)} %`, aim: `< ${AIM_PERCENT} %`, met: overhead < AIM_PERCENT,
      note: `of ${((median(rounds.map(({ alone }) => alone)) / STEPS) * 1000).toFixed(1)} ms a step, losses, gradients, weights, ReLUs and labels followed, every 500th step saved; ${list(percents, 1)}`,
    }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
