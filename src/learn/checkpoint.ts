import type { TrainingState } from "./training-step.ts";

/**
 * Tensors in one file, in the safetensors format (https://huggingface.co/docs/safetensors): eight bytes with the length of a JSON
 * header, the header, the numbers. Python reads it with `safetensors.numpy.load_file`.
 */
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of a checkpoint. */
export function encodeCheckpoint({ steps, tensors }: TrainingState): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { steps: String(steps) } };
  for (const [name, { dims, values }] of Object.entries(tensors)) {
    header[name] = { dtype: "F32", shape: dims, data_offsets: [at, at + values.byteLength] } satisfies Entry;
    at += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Numbers begin at a multiple of eight, as the format's own writers see to.
  const room = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + room + at).fill(0x20, 8, 8 + room);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(room), true);
  bytes.set(json, 8);
  let to = 8 + room;
  for (const { values } of Object.values(tensors)) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), to);
    to += values.byteLength;
  }
  return bytes;
}

/** Reads a checkpoint. Throws an Error with the reason when it is none, or cut off. */
export function decodeCheckpoint(bytes: Uint8Array): TrainingState {
  if (bytes.length < 8) throw new Error("This is not a checkpoint: it is shorter than eight bytes.");
  const room = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (room > bytes.length - 8) throw new Error("This is not a checkpoint, or it is cut off: its header is longer than the file.");
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + room))) as Readonly<Record<string, Entry>> & { readonly __metadata__?: { readonly steps?: string } };
  const { __metadata__: metadata, ...entries } = header;
  const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    if (dtype !== "F32") throw new Error(`${name} is of ${dtype}; only 32-bit floats are read.`);
    if (8 + room + to > bytes.length) throw new Error(`The checkpoint is cut off: ${name} ends at byte ${8 + room + to} of ${bytes.length}.`);
    // Copied: a view must start at a multiple of four bytes.
    return [name, { dims: shape, values: new Float32Array(new Uint8Array(bytes.subarray(8 + room + from, 8 + room + to)).buffer) }] as const;
  });
  return { steps: Number(metadata?.steps ?? 0), tensors: Object.fromEntries(tensors) };
}
