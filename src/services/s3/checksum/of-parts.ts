import { createDigest, type Checksum, type ChecksumAlgorithm, type ChecksumType } from "./checksum.ts";

interface PartSum {
  readonly size: number;
  /** Base64 of the part's own checksum. */
  readonly value: string;
}

/** Reflected polynomials of the sums that can be put together; the SHA family cannot. */
const POLYNOMIALS: Partial<Record<ChecksumAlgorithm, { readonly polynomial: bigint; readonly bits: number }>> = {
  CRC32: { polynomial: 0xedb88320n, bits: 32 },
  CRC32C: { polynomial: 0x82f63b78n, bits: 32 },
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64 },
};

export const canCombine = (algorithm: ChecksumAlgorithm): boolean => POLYNOMIALS[algorithm] !== undefined;

/**
 * The checksum of an object made of parts. COMPOSITE: the sum over the parts' sums, with `-N`. FULL_OBJECT: the sum that the
 * whole bytes would have, put together from the parts' without reading them again.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function checksumOfParts(algorithm: ChecksumAlgorithm, type: ChecksumType, parts: readonly PartSum[]): Checksum {
  if (type === "FULL_OBJECT") return { algorithm, type, value: fullObject(algorithm, parts) };
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part.value, "base64"));
  return { algorithm, type, value: `${digest.digest().toString("base64")}-${parts.length}` };
}

function fullObject(algorithm: ChecksumAlgorithm, parts: readonly PartSum[]): string {
  const kind = POLYNOMIALS[algorithm];
  if (!kind) throw new Error(`${algorithm} sums of parts cannot be put together`);
  const shifts = new Map<number, readonly bigint[]>();
  let whole: bigint | undefined;
  for (const { size, value } of parts) {
    const sum = BigInt(`0x${Buffer.from(value, "base64").toString("hex")}`);
    if (whole === undefined) {
      whole = sum;
      continue;
    }
    let shift = shifts.get(size);
    if (!shift) shifts.set(size, (shift = shiftByBytes(kind, size)));
    whole = apply(shift, whole) ^ sum;
  }
  return Buffer.from((whole ?? 0n).toString(16).padStart(kind.bits / 4, "0"), "hex").toString("base64");
}

/** A linear map over bits: column `i` is the image of bit `i`. The method of zlib's crc32_combine. */
type Matrix = readonly bigint[];

function apply(matrix: Matrix, vector: bigint): bigint {
  let sum = 0n;
  for (let index = 0, rest = vector; rest !== 0n; index += 1, rest >>= 1n) if ((rest & 1n) === 1n) sum ^= matrix[index] ?? 0n;
  return sum;
}

const compose = (outer: Matrix, inner: Matrix): Matrix => inner.map((column) => apply(outer, column));

/** What appending `count` zero bytes does to a sum. */
function shiftByBytes({ polynomial, bits }: { readonly polynomial: bigint; readonly bits: number }, count: number): Matrix {
  const oneBit: Matrix = Array.from({ length: bits }, (_, bit) => (bit === 0 ? polynomial : 1n << BigInt(bit - 1)));
  let power = compose(compose(oneBit, oneBit), compose(oneBit, oneBit));
  power = compose(power, power); // eight zero bits
  let result: Matrix = Array.from({ length: bits }, (_, bit) => 1n << BigInt(bit));
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = compose(power, result);
    power = compose(power, power);
  }
  return result;
}
