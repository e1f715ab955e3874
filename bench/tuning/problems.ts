import { seededRandom } from "../../src/shared/random.ts";
import type { Parameter, Scaling } from "../../src/decide/tuning/index.ts";

export interface Problem {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The least value there is. */
  readonly least: number;
  /** Without noise: regret is counted with it. */
  readonly truth: (values: Readonly<Record<string, number>>) => number;
  /** The standard deviation of what is added to the truth where a search sees it. */
  readonly noise: number;
}

const continuous = (name: string, min: number, max: number, scaling: Scaling = "Linear"): Parameter => ({ kind: "continuous", name, min, max, scaling });

/** https://www.sfu.ca/~ssurjano/branin.html */
const branin: Problem = {
  name: "Branin", parameters: [continuous("x", -5, 10), continuous("y", 0, 15)], least: 0.397887, noise: 0,
  truth: ({ x = 0, y = 0 }) => (y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10,
};

const ALPHA = [1, 1.2, 3, 3.2];
const A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
const P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991], [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]];

/** https://www.sfu.ca/~ssurjano/hart6.html */
const hartmann: Problem = {
  name: "Hartmann-6", parameters: [0, 1, 2, 3, 4, 5].map((index) => continuous(`x${index}`, 0, 1)), least: -3.32237, noise: 0,
  truth: (values) => -ALPHA.reduce((sum, alpha, row) => {
    const exponent = (A[row] ?? []).reduce((inner, a, column) => inner + a * ((values[`x${column}`] ?? 0) - (P[row]?.[column] ?? 0) / 10_000) ** 2, 0);
    return sum + alpha * Math.exp(-exponent);
  }, 0),
};

/**
 * The validation error of a small network after its last epoch, as a formula of ours: best at a learning rate of 0.01 · (batch / 32)^0.5, a
 * weight decay of 1e-4 and the batch 64; a rate that is too high costs more than one that is too low; runs differ by 0.5 percent points.
 */
const learning: Problem = {
  name: "noisy learning curve", least: 0.08, noise: 0.005,
  parameters: [continuous("rate", 1e-5, 1, "Logarithmic"), continuous("decay", 1e-6, 1e-1, "Logarithmic"), { kind: "integer", name: "batch", min: 8, max: 512, scaling: "Logarithmic" }],
  truth: ({ rate = 0, decay = 0, batch = 0 }) => {
    const off = Math.log10(rate / (0.01 * Math.sqrt(batch / 32)));
    const curve = 1 - Math.exp(-(off > 0 ? 1.2 : 0.35) * off ** 2);
    const forgets = 1 - Math.exp(-0.15 * Math.log10(decay / 1e-4) ** 2);
    return 0.08 + 0.7 * curve + 0.15 * forgets + 0.01 * Math.log2(batch / 64) ** 2;
  },
};

export const PROBLEMS: readonly Problem[] = [branin, hartmann, learning];

/** What a search is told: the truth and its noise, the same for the same seed. */
export function measurement({ truth, noise }: Problem, seed: number): (values: Readonly<Record<string, number>>) => number {
  const random = seededRandom(seed);
  return (values) => {
    // Box and Muller; 1 - fraction is never 0.
    const chance = Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
    return truth(values) + noise * chance;
  };
}
