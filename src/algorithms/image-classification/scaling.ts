import type { Head, LabelledFeatures } from "./head.ts";

/** How features are brought to one scale before the head sees them: `(value - mean) · factor`. */
export interface Scaling {
  readonly mean: Float32Array;
  readonly factor: Float32Array;
}

/**
 * Spread of each feature after scaling. It sets what a learning rate and a weight decay mean: with it AWS's defaults (0.1, momentum 0.9,
 * decay 0.0001) suit a head on some hundreds of features, in the middle of a flat range from a third to three times the rate.
 */
const SPREAD = 0.2;

/** Below this spread a feature is constant and carries nothing. */
const CONSTANT = 1e-6;

/** Mean 0 and the same spread for each feature, measured on the training pictures alone. */
export function scalingOf({ width, values }: LabelledFeatures): Scaling {
  const rows = values.length / width;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    const feature = at % width;
    mean[feature] = (mean[feature] ?? 0) + value / rows;
    square[feature] = (square[feature] ?? 0) + (value * value) / rows;
  }
  const factor = Float32Array.from(mean, (average, feature) => {
    const spread = Math.sqrt(Math.max(0, (square[feature] ?? 0) - average * average));
    return spread < CONSTANT ? 0 : SPREAD / spread;
  });
  return { mean: Float32Array.from(mean), factor };
}

/** The features on the common scale. */
export function scaleRows(features: LabelledFeatures, { mean, factor }: Scaling): LabelledFeatures {
  const { width } = features;
  return { ...features, values: features.values.map((value, at) => (value - (mean[at % width] ?? 0)) * (factor[at % width] ?? 0)) };
}

/** The head that gives the same answers on features as they come, so that the artifact needs no step of scaling. */
export function foldScaling(head: Head, { mean, factor }: Scaling): Head {
  const { width, classes } = head;
  const weight = head.weight.map((value, at) => value * (factor[Math.floor(at / classes)] ?? 0));
  const bias = Float64Array.from(head.bias);
  for (let feature = 0; feature < width; feature++) {
    for (let label = 0; label < classes; label++) bias[label] = (bias[label] ?? 0) - (mean[feature] ?? 0) * (weight[feature * classes + label] ?? 0);
  }
  return { ...head, weight, bias: Float32Array.from(bias) };
}
