import { createHash, createHmac, hash, timingSafeEqual, type Hash } from "node:crypto";
import { EMPTY_SHA256 } from "../signature/payload.ts";
import type { ChunkSeed } from "../signature/index.ts";
import { bodyErrors } from "./errors.ts";

/** Checks signatures of chunks, each of which continues from the one before. */
export interface ChunkSignatures {
  update(bytes: Uint8Array): void;
  /** Ends a chunk. Throws SignatureDoesNotMatch unless `signature` is the signature of what was given since the last end. */
  endChunk(signature: string): void;
  /** Checks the trailer's signature over its lines `name:value\n`. */
  endTrailer(lines: string, signature: string): void;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and .../sigv4-streaming-trailers.html */
export function createChunkSignatures(seed: ChunkSeed): ChunkSignatures {
  let previous = seed.signature;
  let content: Hash | undefined;
  const check = (text: string, signature: string): void => {
    const own = createHmac("sha256", seed.key).update(text).digest("hex");
    const given = Buffer.from(signature);
    if (given.length !== own.length || !timingSafeEqual(given, Buffer.from(own))) throw bodyErrors.chunkSignature(text, signature);
    previous = signature;
  };
  const heading = (kind: string): string => `AWS4-HMAC-SHA256-${kind}\n${seed.timestamp}\n${seed.scope}\n${previous}\n`;
  return {
    update: (bytes) => {
      content ??= createHash("sha256");
      content.update(bytes);
    },
    endChunk: (signature) => {
      const sha256 = content?.digest("hex") ?? EMPTY_SHA256;
      content = undefined;
      check(`${heading("PAYLOAD")}${EMPTY_SHA256}\n${sha256}`, signature);
    },
    endTrailer: (lines, signature) => check(`${heading("TRAILER")}${hash("sha256", lines, "hex")}`, signature),
  };
}
