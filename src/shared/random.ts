import { randomBytes } from "node:crypto";

/** The only source of chance outside `learn/`, so that tests can seed it. */
export interface Random {
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1). */
  fraction(): number;
}

/** Asking the system costs more than the bytes: they are fetched by the thousand. None is given out twice. */
const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let taken = 0;

function fromPool(length: number): Uint8Array {
  if (length > POOL_BYTES / 8) return randomBytes(length);
  if (taken + length > pool.length) {
    pool = randomBytes(POOL_BYTES);
    taken = 0;
  }
  const bytes = Buffer.from(pool.subarray(taken, taken + length));
  // What was given out is a secret of whoever got it.
  pool.fill(0, taken, taken + length);
  taken += length;
  return bytes;
}

export const systemRandom: Random = {
  bytes: fromPool,
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** A reproducible source (mulberry32). Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(fraction() * 256)),
  };
}
