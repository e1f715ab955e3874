/** `npm run bench -- networks`: training beside PyTorch on the same networks, taking turns; and what caching features saves. */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { list, median, type Row } from "../support/table.ts";
import { runTraining } from "../training.ts";

const ROUNDS = 5;
/** The aim is a share of PyTorch's images per second. */
const NETWORKS = [
  { name: "cnn", what: "small CNN at 32×32, batch 64", steps: 40, aim: 0.75 },
  { name: "resnet18", what: "ResNet-18 at 224×224, batch 16", steps: 3, aim: 0.65 },
  { name: "head", what: "head of 2048 to 133, batch 64, Adam", steps: 300, aim: 1 },
] as const;
const EPOCHS = 30;
const CACHED_AIM = 5;
/** Of a usual transfer task, as `runTraining` times its head. */
const PICTURES = 6680;

function run(program: string, args: readonly string[], threads: number): number {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), OMP_WAIT_POLICY: "PASSIVE" } });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return Number(stdout.trim().split("\n").at(-1));
}

export async function measureNetworks(): Promise<readonly Row[]> {
  const threads = availableParallelism();
  const rows: Row[] = [];
  for (const { name, what, steps, aim } of NETWORKS) {
    const args = [name, String(threads), String(steps)];
    const rounds = Array.from({ length: ROUNDS }, () => ({
      ours: run(process.execPath, [join(import.meta.dirname, "networks.ts"), ...args], threads),
      torch: run("/usr/bin/python3", [join(import.meta.dirname, "torch_networks.py"), ...args], threads),
    }));
    const ratios = rounds.map(({ ours, torch }) => ours / torch);
    const ratio = median(ratios);
    rows.push({
      what, figure: `${ratio.toFixed(2)} × PyTorch`, aim: `≥ ${aim}`, met: ratio >= aim,
      note: `${median(rounds.map(({ ours }) => ours)).toFixed(1)} against ${median(rounds.map(({ torch }) => torch)).toFixed(1)} images/s on ${threads} threads; ${list(ratios, 2)}`,
    });
  }
  // A frozen backbone without augmentation gives the same features in every epoch, so both ways reach the same accuracy in the same epoch.
  const figures = (await runTraining()).at(-1);
  if (figures === undefined) throw new Error("There are no figures of training.");
  const pass = PICTURES / figures.picturesPerSecond;
  const ratio = (EPOCHS * (pass + figures.headSecondsPerEpoch)) / (pass + EPOCHS * figures.headSecondsPerEpoch);
  rows.push({
    what: "cached features, to the same accuracy", figure: `${ratio.toFixed(1)} × faster`, aim: `≥ ${CACHED_AIM}`, met: ratio >= CACHED_AIM,
    note: `${EPOCHS} epochs of ${PICTURES} pictures: one pass of ${pass.toFixed(0)} s and ${figures.headSecondsPerEpoch.toFixed(3)} s an epoch, against a pass every epoch`,
  });
  return rows;
}
