import { choleskyOf, solveLower, solveUpper, type Triangle } from "./cholesky.ts";

/** What a point is compared by: one vector for each parameter, of one number, or of one for each choice of a categorical. */
export type Features = readonly (readonly number[])[];

export interface Observation {
  readonly at: Features;
  readonly value: number;
}

interface Hyperparameters {
  /** One for each parameter, as logarithm. */
  readonly logLengths: readonly number[];
  /** The noise's variance in shares of the signal's, as logarithm. */
  readonly logNoise: number;
}

export interface GaussianProcess {
  /** Mean and standard deviation of the objective itself, without the noise of its measurement. */
  readonly predict: (at: Features) => { readonly mean: number; readonly deviation: number };
  /** The same process having seen more, its hyperparameters as they are. */
  readonly having: (more: readonly Observation[]) => GaussianProcess;
}

/** Matérn 5/2: twice differentiable, as objectives are, and not smoother. Snoek, Larochelle, Adams 2012, §3.1. */
function correlation(one: Features, other: Features, inverseSquares: readonly number[]): number {
  let square = 0;
  for (let parameter = 0; parameter < one.length; parameter += 1) {
    const a = one[parameter] as readonly number[];
    const b = other[parameter] as readonly number[];
    let distance = 0;
    for (let k = 0; k < a.length; k += 1) distance += ((a[k] as number) - (b[k] as number)) ** 2;
    square += distance * (inverseSquares[parameter] as number);
  }
  const r = Math.sqrt(5 * square);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

const squaresOf = ({ logLengths }: Hyperparameters): readonly number[] => logLengths.map((log) => Math.exp(-2 * log));

function factorOf(seen: readonly Observation[], hyper: Hyperparameters): Triangle | undefined {
  const squares = squaresOf(hyper);
  const noise = Math.exp(hyper.logNoise);
  return choleskyOf(seen.map(({ at }, row) => {
    const line = new Float64Array(row + 1);
    for (let column = 0; column < row; column += 1) line[column] = correlation(at, (seen[column] as Observation).at, squares);
    line[row] = 1 + noise;
    return line;
  }));
}

const valuesOf = (seen: readonly Observation[]): Float64Array => Float64Array.from(seen, ({ value }) => value);
const squared = (vector: Float64Array): number => vector.reduce((sum, value) => sum + value * value, 0);

/**
 * Lengths are expected to grow with the number of parameters, or few observations in many dimensions explain nothing:
 * Hvarfner, Hellsten, Nardi 2024, "Vanilla Bayesian optimization performs great in high dimensions". Narrower than there.
 */
const lengthMean = (parameters: number): number => -0.9 + Math.log(parameters) / 2;
const LENGTH_SPREAD = 1;
const NOISE_MEAN = Math.log(1e-4);
const NOISE_SPREAD = 3;
/** The prior of the signal's variance, as if so many observations had shown it to be that of all values. */
const SIGNAL_WEIGHT = 2;

const signalOf = (explained: number, count: number): number => (explained + SIGNAL_WEIGHT) / (count + SIGNAL_WEIGHT);

/** The logarithm of the marginal likelihood times the priors, the signal's variance at its best; up to a constant. */
function evidence(seen: readonly Observation[], hyper: Hyperparameters): number {
  const factor = factorOf(seen, hyper);
  if (factor === undefined) return -Infinity;
  const signal = signalOf(squared(solveLower(factor, valuesOf(seen))), seen.length);
  const determinant = factor.reduce((sum, line, row) => sum + Math.log(line[row] as number), 0);
  const mean = lengthMean(hyper.logLengths.length);
  const prior = hyper.logLengths.reduce((sum, log) => sum + ((log - mean) / LENGTH_SPREAD) ** 2, ((hyper.logNoise - NOISE_MEAN) / NOISE_SPREAD) ** 2);
  return -((seen.length + SIGNAL_WEIGHT) / 2) * Math.log(signal) - determinant - prior / 2;
}

/** From the best of a few equal lengths, each hyperparameter in turn goes up or down while that helps, in ever smaller steps. */
function fit(seen: readonly Observation[], parameters: number): Hyperparameters {
  const start = lengthMean(parameters);
  let best: Hyperparameters = { logLengths: [], logNoise: 0 };
  let reached = -Infinity;
  const consider = (hyper: Hyperparameters): boolean => {
    const value = evidence(seen, hyper);
    if (!(value > reached)) return false;
    best = hyper;
    reached = value;
    return true;
  };
  for (const shift of [-1, 0, 1]) {
    for (const logNoise of [1e-6, 1e-3, 1e-1].map(Math.log)) consider({ logLengths: Array.from({ length: parameters }, () => start + shift), logNoise });
  }
  for (const step of [1, 0.5, 0.25]) {
    for (let parameter = 0; parameter <= parameters; parameter += 1) {
      const moved = (by: number): Hyperparameters => parameter === parameters
        ? { ...best, logNoise: Math.max(Math.log(1e-6), best.logNoise + 2 * by) }
        : { ...best, logLengths: best.logLengths.map((log, index) => (index === parameter ? log + by : log)) };
      if (!consider(moved(step))) consider(moved(-step));
    }
  }
  return best;
}

function conditioned(seen: readonly Observation[], hyper: Hyperparameters, signal?: number): GaussianProcess {
  const factor = factorOf(seen, hyper);
  if (factor === undefined) throw new RangeError("the covariance of the trials is not positive definite");
  const squares = squaresOf(hyper);
  const half = solveLower(factor, valuesOf(seen));
  const weights = solveUpper(factor, half);
  const variance = signal ?? signalOf(squared(half), seen.length);
  return {
    predict: (at) => {
      const near = Float64Array.from(seen, (observation) => correlation(at, observation.at, squares));
      const mean = near.reduce((sum, value, index) => sum + value * (weights[index] as number), 0);
      return { mean, deviation: Math.sqrt(variance * Math.max(1e-12, 1 - squared(solveLower(factor, near)))) };
    },
    having: (more) => conditioned([...seen, ...more], hyper, variance),
  };
}

/** The process whose hyperparameters explain the observations best. Their values are to have mean 0 and variance 1. */
export function gaussianProcess(seen: readonly Observation[], parameters: number): GaussianProcess {
  return conditioned(seen, fit(seen, parameters));
}
