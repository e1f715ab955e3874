import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { BlobStore, BlobWriter } from "../../../store/index.ts";
import { createDigest, createMd5, type ChecksumAlgorithm, type RunningDigest } from "../checksum/checksum.ts";
import { errors } from "../errors.ts";
import { AT_ONCE_BYTES, MAX_UPLOAD_BYTES } from "../limits.ts";

/** Everything that a `Body` may be, from the wire or from another service. */
export type BodyInput = unknown;

export interface ReceiveOptions {
  readonly algorithm: ChecksumAlgorithm;
  /** Up to this many bytes the content stays in memory, for the database; -1 never. */
  readonly inlineBytes: number;
  readonly signal: AbortSignal;
}

/** Content that has come whole: measured, and not yet named by any record. */
export interface Received {
  readonly size: number;
  readonly md5: Buffer;
  readonly checksum: Buffer;
  readonly place: Place;
}

/** Where content waits for its record. */
export type Place = { readonly kind: "inline"; readonly bytes: Uint8Array } | { readonly kind: "blob"; readonly blob: string };

/** Names blobs. Told of one before it is in its place, so that a crash cannot leave it behind unknown. */
export interface Journal {
  name(): string;
  intend(blob: string): void;
  cancel(blob: string): void;
}

interface Sums {
  readonly md5: RunningDigest;
  readonly checksum: RunningDigest;
}

export async function receive(body: BodyInput, blobs: BlobStore, options: ReceiveOptions & { readonly journal: Journal }): Promise<Received> {
  const sums: Sums = { md5: createMd5(), checksum: createDigest(options.algorithm) };
  if (body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? new Uint8Array(0));
    return finish([bytes], bytes.length, { sums, blobs, options });
  }
  return receiveStream(asStream(body), { sums, blobs, options });
}

interface Reception {
  readonly sums: Sums;
  readonly blobs: BlobStore;
  readonly options: ReceiveOptions & { readonly journal: Journal };
}

function asStream(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof ReadableStream || body instanceof Blob) return Readable.fromWeb((body instanceof Blob ? body.stream() : body) as never);
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) return Readable.from(body as AsyncIterable<Uint8Array>);
  throw new TypeError("the body is neither bytes, text nor a stream");
}

/** Streams of text give strings. */
const bytesOf = (piece: Uint8Array | string): Uint8Array => (typeof piece === "string" ? Buffer.from(piece) : piece);

/** Keeps what fits in memory; from the first byte that does not, everything flows into a file. */
async function receiveStream(stream: Readable, reception: Reception): Promise<Received> {
  const { signal } = reception.options;
  const onAbort = (): void => void stream.destroy(signal.reason as Error);
  signal.throwIfAborted();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const source = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>;
    const held: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { value, done } = await source.next();
      if (done) return await finish(held, size, reception);
      const bytes = bytesOf(value);
      held.push(bytes);
      size += bytes.length;
      if (size > AT_ONCE_BYTES) return await spill(held, source, reception);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function finish(held: readonly Uint8Array[], size: number, reception: Reception): Promise<Received> {
  const { sums, blobs, options } = reception;
  if (size > AT_ONCE_BYTES) return spill(held, undefined, reception);
  for (const bytes of held) {
    sums.md5.update(bytes);
    sums.checksum.update(bytes);
  }
  const measured = { size, md5: sums.md5.digest(), checksum: sums.checksum.digest() };
  if (size <= options.inlineBytes) {
    return { ...measured, place: { kind: "inline", bytes: held.length === 1 && held[0] ? held[0] : Buffer.concat(held, size) } };
  }
  const blob = options.journal.name();
  options.journal.intend(blob);
  blobs.putSmall(blob, held);
  return { ...measured, place: { kind: "blob", blob } };
}

async function spill(held: readonly Uint8Array[], rest: AsyncIterator<Uint8Array | string> | undefined, reception: Reception): Promise<Received> {
  const { sums, blobs, options } = reception;
  const writer = blobs.create();
  let size = 0;
  const measured = function* (bytes: Uint8Array): Generator<Uint8Array> {
    size += bytes.length;
    if (size > MAX_UPLOAD_BYTES) throw errors.entityTooLarge(size, MAX_UPLOAD_BYTES);
    sums.md5.update(bytes);
    sums.checksum.update(bytes);
    yield bytes;
  };
  const everything = async function* (): AsyncGenerator<Uint8Array> {
    for (const bytes of held) yield* measured(bytes);
    if (rest) for await (const bytes of { [Symbol.asyncIterator]: () => rest }) yield* measured(bytesOf(bytes));
  };
  try {
    await pipeline(everything, writer.stream);
    await putInPlace(writer, options.journal);
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return { size, md5: sums.md5.digest(), checksum: sums.checksum.digest(), place: { kind: "blob", blob: writer.id } };
}

async function putInPlace(writer: BlobWriter, journal: Journal): Promise<void> {
  journal.intend(writer.id);
  try {
    await writer.commit();
  } catch (error) {
    journal.cancel(writer.id);
    throw error;
  }
}
