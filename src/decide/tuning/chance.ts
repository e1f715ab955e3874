/** Gives numbers in [0, 1). */
export type Chance = () => number;

/**
 * The chance of one decision: the same seed and number give the same stream. The generator is `shared/random.ts`'s
 * (mulberry32), which this layer may not import; the number is mixed in, for neighbouring seeds give related streams.
 */
export function chanceOf(seed: number, decision: number): Chance {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(decision + 1, 0xc2b2ae35)) >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  fraction();
  return fraction;
}

/** 0, 1, … count - 1 in an order of chance. */
export function shuffled(count: number, chance: Chance): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(chance() * (last + 1));
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
