import type { ChunkSeed } from "../signature/index.ts";
import { createChunkSignatures, type ChunkSignatures } from "./chunk-signature.ts";
import { bodyErrors } from "./errors.ts";

/** Longer lines than any signature needs are an attack on memory. */
const MAX_LINE_BYTES = 4096;
const MAX_TRAILER_LINES = 32;
const MAX_CHUNK_BYTES = 5 * 1024 ** 3;
/** Every chunk but the last must have this many bytes. */
const MIN_CHUNK_BYTES = 8192;
const LF = 10;
const HEADER = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

type State = "header" | "data" | "data-end" | "trailer" | "end";

/**
 * Takes an `aws-chunked` body apart, wherever the network cut it, without keeping it: `push` gives the data that has
 * become known; a chunk's signature is checked when the chunk ends. Throws S3's own errors.
 */
export class ChunkDecoder {
  /** Lower-case names; complete once `finish` has returned. */
  readonly trailers = new Map<string, string>();
  readonly #signatures: ChunkSignatures | undefined;
  readonly #trailer: boolean;
  #state: State = "header";
  #line = "";
  #remaining = 0;
  #signature = "";
  #chunk = 0;
  #small: { readonly chunk: number; readonly size: number } | undefined;
  #signedLines = "";

  constructor(payload: { readonly seed: ChunkSeed | undefined; readonly trailer: boolean }) {
    this.#signatures = payload.seed && createChunkSignatures(payload.seed);
    this.#trailer = payload.trailer;
  }

  push(bytes: Uint8Array): Uint8Array[] {
    const data: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === "data") {
        const piece = bytes.subarray(at, at + this.#remaining);
        this.#signatures?.update(piece);
        data.push(piece);
        at += piece.length;
        this.#remaining -= piece.length;
        if (this.#remaining === 0) this.#state = "data-end";
        continue;
      }
      if (this.#state === "end") throw bodyErrors.malformedTrailer();
      const end = bytes.indexOf(LF, at);
      this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + at, (end < 0 ? bytes.length : end) - at).toString("latin1");
      if (this.#line.length > MAX_LINE_BYTES) throw bodyErrors.terminated();
      if (end < 0) break;
      at = end + 1;
      const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
      this.#line = "";
      this.#takeLine(line);
    }
    return data;
  }

  /** To be called when the body has ended. Throws IncompleteBody when it ended too early. */
  finish(): void {
    // A client may leave out the empty line after the last trailer or chunk; nothing that matters is missing then.
    if (this.#state === "trailer" && this.#line === "") this.#endTrailers();
    if (this.#state !== "end") throw bodyErrors.terminated();
  }

  #takeLine(line: string): void {
    switch (this.#state) {
      case "header": return this.#startChunk(line);
      case "data-end": return this.#endChunk(line);
      default: return this.#takeTrailer(line);
    }
  }

  #startChunk(line: string): void {
    const match = HEADER.exec(line);
    const size = Number.parseInt(match?.[1] ?? "", 16);
    if (!match || size > MAX_CHUNK_BYTES || (this.#signatures !== undefined) !== (match[2] !== undefined)) throw bodyErrors.terminated();
    if (this.#small && size > 0) throw bodyErrors.chunkTooSmall(this.#small.chunk, this.#small.size);
    this.#chunk += 1;
    this.#remaining = size;
    this.#signature = match[2] ?? "";
    if (size > 0) {
      this.#state = "data";
      if (size < MIN_CHUNK_BYTES) this.#small = { chunk: this.#chunk, size };
      return;
    }
    this.#signatures?.endChunk(this.#signature);
    this.#state = "trailer";
  }

  #endChunk(line: string): void {
    if (line !== "") throw bodyErrors.terminated();
    this.#signatures?.endChunk(this.#signature);
    this.#state = "header";
  }

  #takeTrailer(line: string): void {
    if (line === "") {
      // `x-amz-checksum-crc32c:value\n\r\n` before the trailer's signature, as AWS's documentation has it.
      if (this.#signatures && this.#trailer && this.trailers.size > 0 && !this.trailers.has(TRAILER_SIGNATURE)) return;
      return this.#endTrailers();
    }
    const at = line.indexOf(":");
    if (!this.#trailer || at < 1 || this.trailers.size >= MAX_TRAILER_LINES) throw bodyErrors.malformedTrailer();
    const name = line.slice(0, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name !== TRAILER_SIGNATURE) this.#signedLines += `${name}:${value}\n`;
    this.trailers.set(name, value);
  }

  #endTrailers(): void {
    this.#state = "end";
    if (!this.#signatures || !this.#trailer) return;
    this.#signatures.endTrailer(this.#signedLines, this.trailers.get(TRAILER_SIGNATURE) ?? "");
  }
}
