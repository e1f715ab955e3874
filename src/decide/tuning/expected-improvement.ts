/** The error function to 1.5e-7: Abramowitz and Stegun 7.1.26. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
  return Math.sign(x) * (1 - tail);
}

/** By how much less than `best` a value is expected to be, where it is less. Jones, Schonlau, Welch 1998. */
export function expectedImprovement({ mean, deviation }: { readonly mean: number; readonly deviation: number }, best: number): number {
  const z = (best - mean) / deviation;
  // The approximate erf may go below 0 where the tail ends; far out nothing is to be gained.
  return Math.max(0, deviation * (z * 0.5 * (1 + erf(z / Math.SQRT2)) + Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)));
}
