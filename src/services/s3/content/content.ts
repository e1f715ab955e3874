/**
 * Where an object's bytes are: in the database (small ones), in one blob file, or in the parts of the upload that made it.
 */
export type Content =
  | { readonly kind: "inline"; readonly row: number }
  | { readonly kind: "blob"; readonly blob: string }
  | { readonly kind: "parts"; readonly upload: string; readonly count: number };

/** The inclusive bytes `start` to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export const rangeLength = ({ start, end }: ByteRange): number => end - start + 1;

/** All the bytes; of nothing, a range that ends before it starts. */
export const whole = (size: number): ByteRange => ({ start: 0, end: size - 1 });
