import { createHash } from "node:crypto";
import type { SignedPayload } from "../signature/index.ts";
import {
  CHECKSUM_ALGORITHMS, checksumHeader, createChecksum, isWellFormedChecksum, isWellFormedMd5,
  type Checksum, type ChecksumAlgorithm,
} from "./checksums.ts";
import { bodyErrors } from "./errors.ts";

type Headers = Readonly<Record<string, string>>;

/** What a request says its body will be. */
interface Expectations {
  readonly sha256: string | undefined;
  readonly md5: string | undefined;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string | undefined } | undefined;
  readonly length: number | undefined;
}

/** Operations whose checksum headers speak of an object put together earlier, not of the request's own body. */
const CHECKSUM_OF_OBJECT: ReadonlySet<string> = new Set(["CompleteMultipartUpload"]);

function expectedChecksum(headers: Headers): Expectations["checksum"] {
  const trailer = headers["x-amz-trailer"]?.toLowerCase().split(",").map((name) => name.trim()) ?? [];
  const found = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = headers[checksumHeader(algorithm)];
    if (value === undefined && !trailer.includes(checksumHeader(algorithm))) return [];
    if (value !== undefined && !isWellFormedChecksum({ algorithm, value })) throw bodyErrors.invalidChecksum(checksumHeader(algorithm));
    return [{ algorithm, value }];
  });
  if (found.length > 1) throw bodyErrors.severalChecksums();
  // Old botocore names MD5 here and sends Content-MD5.
  const named = headers["x-amz-sdk-checksum-algorithm"]?.toUpperCase();
  if (found.length === 0 && CHECKSUM_ALGORITHMS.some((algorithm) => algorithm === named)) throw bodyErrors.checksumMissing();
  return found[0];
}

function decodedLength(headers: Headers): number {
  const text = headers["x-amz-decoded-content-length"] ?? "";
  if (!/^\d{1,15}$/.test(text)) throw bodyErrors.missingDecodedLength();
  return Number(text);
}

/** Reads the promises out of the headers. Throws S3's error when one of them cannot be kept by any body. */
export function expectationsOf(headers: Headers, payload: SignedPayload, operation: string | undefined): Expectations {
  const md5 = headers["content-md5"];
  if (md5 !== undefined && !isWellFormedMd5(md5)) throw bodyErrors.invalidMd5(md5);
  const ofBody = operation === undefined || !CHECKSUM_OF_OBJECT.has(operation);
  return {
    md5, sha256: payload.kind === "hash" ? payload.sha256 : undefined,
    checksum: ofBody ? expectedChecksum(headers) : undefined,
    length: payload.kind === "chunked" ? decodedLength(headers) : undefined,
  };
}

/** Holds a body to its promises while it passes. */
export interface Verifier {
  update(bytes: Uint8Array): void;
  /** Throws S3's error unless every promise was kept; gives the checksum that was checked. */
  finish(trailers: ReadonlyMap<string, string>): Checksum | undefined;
}

export function createVerifier(expected: Expectations): Verifier {
  const sha256 = expected.sha256 === undefined ? undefined : createHash("sha256");
  const md5 = expected.md5 === undefined ? undefined : createHash("md5");
  const checksum = expected.checksum && createChecksum(expected.checksum.algorithm);
  let length = 0;
  return {
    update: (bytes) => {
      length += bytes.length;
      if (expected.length !== undefined && length > expected.length) throw bodyErrors.incomplete();
      sha256?.update(bytes);
      md5?.update(bytes);
      checksum?.update(bytes);
    },
    finish: (trailers) => {
      if (expected.length !== undefined && length !== expected.length) throw bodyErrors.incomplete();
      const ownSha256 = sha256?.digest("hex");
      if (expected.sha256 !== undefined && ownSha256 !== undefined && ownSha256 !== expected.sha256) {
        throw bodyErrors.hashMismatch(expected.sha256, ownSha256);
      }
      const ownMd5 = md5?.digest("base64");
      if (expected.md5 !== undefined && ownMd5 !== undefined && ownMd5 !== expected.md5) throw bodyErrors.md5Mismatch(expected.md5, ownMd5);
      if (!expected.checksum || !checksum) return undefined;
      const { algorithm } = expected.checksum;
      const header = checksumHeader(algorithm);
      const given = expected.checksum.value ?? trailers.get(header);
      if (given === undefined) throw bodyErrors.malformedTrailer();
      if (!isWellFormedChecksum({ algorithm, value: given })) throw bodyErrors.invalidChecksum(header);
      const value = checksum.digest();
      if (value !== given) throw bodyErrors.checksumMismatch(algorithm);
      return { algorithm, value };
    },
  };
}
