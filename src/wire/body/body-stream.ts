import { Readable } from "node:stream";
import type { SignedPayload } from "../signature/index.ts";
import type { Checksum } from "./checksums.ts";
import { ChunkDecoder } from "./chunk-decoder.ts";
import { bodyErrors } from "./errors.ts";
import { createVerifier, expectationsOf } from "./expectations.ts";

/** What the network gives at once; two of them may wait between the socket and the disk. */
const BUFFERED_BYTES = 256 * 1024;

export interface BodyOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: SignedPayload;
  /** Some operations' checksum headers are not about their body. */
  readonly operation?: string;
}

/**
 * A request's body as the client meant it: `aws-chunked` taken off, every promise of the request (hash, MD5, checksums,
 * chunk signatures, length) checked while it passes. A broken promise is the stream's error, before its end. The
 * connection beneath is never destroyed, so that the error can still be answered.
 */
export class BodyStream extends Readable {
  /** The checksum the client gave, in a header or a trailer, and that was right. Known once the stream has ended. */
  checksum: Checksum | undefined;
  readonly #source: AsyncGenerator<Uint8Array, Checksum | undefined>;

  constructor(source: AsyncGenerator<Uint8Array, Checksum | undefined>) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.#source = source;
  }

  override _read(): void {
    this.#source.next().then(
      (step) => {
        if (step.done) this.checksum = step.value;
        this.push(step.done ? null : step.value);
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // Not waited for: the source may be a connection on which nothing ever arrives.
    this.#source.return(undefined).catch(() => undefined);
    callback(error);
  }
}

async function* decoded(incoming: Readable, options: BodyOptions): AsyncGenerator<Uint8Array, Checksum | undefined> {
  const { payload } = options;
  const verifier = createVerifier(expectationsOf(options.headers, payload, options.operation));
  const decoder = payload.kind === "chunked" ? new ChunkDecoder(payload) : undefined;
  try {
    for await (const bytes of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      for (const piece of decoder ? decoder.push(bytes) : [bytes]) {
        verifier.update(piece);
        yield piece;
      }
    }
  } catch (error) {
    // The client went away: nobody reads the answer, but the operation must end and not be taken for complete.
    if (isGone(error)) throw bodyErrors.terminated();
    throw error;
  }
  decoder?.finish();
  return verifier.finish(decoder?.trailers ?? new Map());
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE");

/**
 * Opens the body of an S3 request. Throws at once what the headers alone make impossible. Nothing is read before the
 * stream is.
 */
export function openBody(incoming: Readable, options: BodyOptions): BodyStream {
  expectationsOf(options.headers, options.payload, options.operation);
  return new BodyStream(decoded(incoming, options));
}
