import type { Random } from "../../../src/shared/random.ts";

/** One part of the soak: `say` what was done and seen; throw what is wrong. */
export interface Part {
  readonly name: string;
  run(context: { readonly random: Random; readonly seed: number; readonly say: (line: string) => void }): Promise<void>;
}

/** Throws with a sentence unless it holds. */
export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}
