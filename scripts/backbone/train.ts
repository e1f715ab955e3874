/**
 * Trains the backbone with our own engine, in two phases; see README.md.
 *   node scripts/backbone/train.ts --data DIR --out FILE --minutes 3,6      (or --steps 2000,700,700,700 as an earlier run printed)
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Augmentation } from "../../src/algorithms/image-classification/augmentation.ts";
import { ahead } from "../../src/algorithms/image-classification/epochs.ts";
import { encodeCheckpoint } from "../../src/learn/checkpoint.ts";
import type { Value } from "../../src/learn/graph.ts";
import { tensorsOf, trainingScope } from "../../src/learn/network.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import { add, crossEntropy, scale } from "../../src/learn/operations.ts";
import { sgd } from "../../src/learn/optimizers.ts";
import { linearSchedule } from "../../src/learn/schedules.ts";
import { createTrainingStep, type TrainingState, type TrainingStep } from "../../src/learn/training-step.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { learner } from "./network.ts";
import { drawer, openSet, type DrawnBatch, type PictureSet, type SetName } from "./sets.ts";

const SMALL: Augmentation = { area: [0.45, 1], place: "random", ratio: 1.3, rotation: 0.1, shear: 0, colour: 0.25, erase: 0, mirror: true };
const LARGE: Augmentation = { area: [0.25, 1], place: "random", ratio: 1.5, rotation: 0.25, shear: 0, colour: 0.4, erase: 0.3, mirror: true };

interface Part {
  readonly set: SetName;
  readonly count: number;
  readonly side: number;
  /** Weight of its loss. */
  readonly weight: number;
}

interface Stage {
  readonly parts: readonly Part[];
}

interface Phase {
  readonly rate: number;
  readonly isSpread: boolean;
  readonly stages: readonly Stage[];
}

/** Pictures of each set in a step; the pets grow from stage to stage. */
const PHASES: readonly Phase[] = [
  { rate: 0.2, isSpread: false, stages: [{ parts: [{ set: "cifar", count: 96, side: 48, weight: 0.8 }, { set: "clothing", count: 16, side: 64, weight: 0.2 }] }] },
  {
    rate: 0.1, isSpread: true,
    stages: [64, 80, 96].map((side) => ({ parts: [{ set: "pets", count: 40, side, weight: 0.55 }, { set: "cifar", count: 64, side: 48, weight: 0.35 }, { set: "clothing", count: 8, side: 64, weight: 0.1 }] })),
  },
];
const WARM_UP = 0.05;
const MAX_NORM = 5;
const PROBE_STEPS = 4;
/** The weights kept are an average over about the last 400 steps. */
const AVERAGE_EVERY = 4;
const AVERAGE_KEPT = 0.99;

const { values: options } = parseArgs({
  options: {
    data: { type: "string" }, out: { type: "string" }, minutes: { type: "string" }, steps: { type: "string" }, seed: { type: "string", default: "1" },
    threads: { type: "string", default: String(availableParallelism()) }, shards: { type: "string", default: "1" }, loaders: { type: "string", default: "1" }, exclude: { type: "string" },
  },
});
if (options.data === undefined || options.out === undefined || (options.minutes === undefined) === (options.steps === undefined)) throw new Error("Needs --data, --out, and --minutes or --steps.");
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const started = performance.now();
const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(0)} s`;

const random = seededRandom(Number(options.seed));
const excluded = new Set(options.exclude === undefined ? [] : (JSON.parse(readFileSync(options.exclude, "utf8")) as readonly string[]));
const open = (name: SetName): PictureSet => openSet(options.data ?? "", name, { threads: Number(options.loaders), excluded });
const sets: Readonly<Record<SetName, PictureSet>> = { cifar: open("cifar"), clothing: open("clothing"), pets: open("pets") };
const draw = { cifar: drawer(sets.cifar, random), clothing: drawer(sets.clothing, random), pets: drawer(sets.pets, random) };

type Step = TrainingStep<string, string>;

/** The step of one stage: every set's pictures through the same network, their losses by weight. */
async function createStep({ parts }: Stage, isSpread: boolean): Promise<Step> {
  const shards = Number(options.shards);
  const classesOf = ({ set }: Part): number => sets[set].classes.length;
  const { parameters, kept } = tensorsOf((scope) => {
    for (const part of parts) learner(scope, scope.graph.input(part.set, [part.count / shards, 3, part.side, part.side]), { set: part.set, classes: classesOf(part), isSpread });
  }, seededRandom(Number(options.seed)));
  return createTrainingStep<string, string>({
    parameters, kept,
    inputs: Object.fromEntries(parts.flatMap((part) => [
      [part.set, { dims: [part.count, 3, part.side, part.side], elementType: ELEMENT_TYPES.float }],
      [`${part.set}.targets`, { dims: [part.count, classesOf(part)], elementType: ELEMENT_TYPES.float }],
    ])),
    loss: (graph, values, notes) => {
      const scope = trainingScope(graph, { values, notes, uniform: [] });
      const losses = parts.map((part): Value => {
        const [views, targets] = [values[part.set], values[`${part.set}.targets`]];
        if (views === undefined || targets === undefined) throw new Error(`There are no pictures of ${part.set}.`);
        const scores = learner(scope, views, { set: part.set, classes: classesOf(part), isSpread });
        const loss = crossEntropy(graph, scores, targets);
        notes.report(part.set, loss);
        return scale(graph, loss, part.weight);
      });
      return losses.reduce((sofar, loss) => add(graph, sofar, loss));
    },
    optimizer: sgd({ momentum: 0.9, weightDecay: 5e-4, nesterov: true }), maxNorm: MAX_NORM, threads: Number(options.threads), shards,
  });
}

const drawAll = async ({ parts }: Stage): Promise<Record<string, Float32Array>> => {
  const batches = await Promise.all(parts.map(async (part): Promise<readonly [Part, DrawnBatch]> =>
    [part, await draw[part.set]({ count: part.count, side: part.side, augmentation: part.set === "pets" ? LARGE : SMALL, isMixed: part.set === "pets" })]));
  return Object.fromEntries(batches.flatMap(([{ set }, { views, targets }]) => [[set, views], [`${set}.targets`, targets]]));
};

/** As many steps of each stage as fit into the minutes, by the time that some take. */
async function stepsFor({ stages, isSpread }: Phase, minutes: number): Promise<readonly number[]> {
  const each: number[] = [];
  for (const stage of stages) {
    const step = await createStep(stage, isSpread);
    const ends: number[] = [];
    for await (const batch of ahead(PROBE_STEPS + 1, () => drawAll(stage))) {
      await step.step(batch, 0);
      ends.push(performance.now());
    }
    // The first one waits for the first pictures.
    each.push(((ends.at(-1) ?? 0) - (ends[0] ?? 0)) / PROBE_STEPS / 1000);
    await step.close();
  }
  const count = Math.floor((minutes * 60) / each.reduce((a, b) => a + b, 0));
  say(`${seconds()}: a step takes ${each.map((one) => one.toFixed(3)).join(", ")} s; ${count} of each`);
  return stages.map(() => count);
}

/** The state at the start of a stage: the backbone's tensors of before where the new network has them. */
function takeOver(fresh: TrainingState, before: TrainingState | undefined, isSamePhase: boolean): TrainingState {
  if (before === undefined) return fresh;
  const isTaken = (name: string): boolean => isSamePhase || (name.startsWith("backbone.") && !name.endsWith(".momentum"));
  return { steps: 0, tensors: Object.fromEntries(Object.entries(fresh.tensors).map(([name, tensor]) => [name, isTaken(name) ? before.tensors[name] ?? tensor : tensor])) };
}

function follow(average: Map<string, Float32Array>, step: Step, updates: number): void {
  const keep = Math.min(AVERAGE_KEPT, updates / (updates + 10));
  for (const [name, now] of Object.entries({ ...step.parameters(), ...step.kept() })) {
    const mean = average.get(name);
    if (mean === undefined) average.set(name, now.slice());
    else for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) * keep + (now[at] ?? 0) * (1 - keep);
  }
}

/** Writes the averaged tensors. */
function save(from: TrainingState | undefined, steps: number): void {
  const tensors = Object.entries(from?.tensors ?? {}).flatMap(([name, { dims }]) => {
    const values = average.get(name);
    return values === undefined ? [] : [[name, { dims, values }] as const];
  });
  writeFileSync(options.out ?? "", encodeCheckpoint({ steps, tensors: Object.fromEntries(tensors) }));
}

const minutes = options.minutes?.split(",").map(Number);
const given = options.steps?.split(",").map(Number) ?? [];
const done: number[] = [];
let state: TrainingState | undefined;
let average = new Map<string, Float32Array>();
for (const [number, phase] of PHASES.entries()) {
  const counts = minutes === undefined ? given.slice(done.length, done.length + phase.stages.length) : await stepsFor(phase, minutes[number] ?? 0);
  const total = counts.reduce((a, b) => a + b, 0);
  const rate = linearSchedule({ peak: phase.rate, warmUp: WARM_UP });
  // The next phase begins from the average, as a checkpoint would be.
  if (state !== undefined) state = { ...state, tensors: Object.fromEntries(Object.entries(state.tensors).map(([name, tensor]) => [name, { ...tensor, values: average.get(name) ?? tensor.values }])) };
  average = new Map();
  const shown: Record<string, number> = {};
  let taken = 0;
  for (const [index, stage] of phase.stages.entries()) {
    const step = await createStep(stage, phase.isSpread);
    await step.restore(takeOver(step.state(), state, index > 0));
    for await (const batch of ahead(counts[index] ?? 0, () => drawAll(stage))) {
      await step.step(batch, rate(taken / total));
      taken += 1;
      if (taken % AVERAGE_EVERY === 0) follow(average, step, taken / AVERAGE_EVERY);
      for (const [set, [loss = Number.NaN]] of Object.entries(step.reports())) shown[set] = 0.98 * (shown[set] ?? loss) + 0.02 * loss;
      if (taken % 200 !== 0) continue;
      save(step.state(), taken);
      say(`${seconds()}: phase ${number + 1}, step ${taken} of ${total}: ${Object.entries(shown).map(([set, loss]) => `${set} ${loss.toFixed(3)}`).join(", ")}`);
    }
    state = step.state();
    await step.close();
  }
  done.push(...counts);
  save(state, total);
}
await Promise.all(Object.values(sets).map(({ loader }) => loader.close()));
say(`${seconds()}: done; --steps ${done.join(",")} --shards ${options.shards} --seed ${options.seed}`);
