import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { createCrc } from "../../shared/crc.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

/** How many bytes each has, to know a malformed value from a wrong one. */
const BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

/** A checksum with its value in base64, the form of S3's headers and outputs. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
}

/** A checksum being computed. `digest` may be called once, and gives base64. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  digest(): string;
}

const hashing = (name: string): RunningChecksum => {
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64") };
};

const zlibCrc32 = (): RunningChecksum => {
  let sum = 0;
  return {
    update: (bytes) => {
      sum = crc32(bytes, sum);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(sum);
      return bytes.toString("base64");
    },
  };
};

const cyclic = (name: "CRC32C" | "CRC64NVME"): RunningChecksum => {
  const crc = createCrc(name);
  return { update: (bytes) => crc.update(bytes), digest: () => crc.digest().toString("base64") };
};

export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32": return zlibCrc32();
    case "CRC32C": return cyclic("CRC32C");
    case "CRC64NVME": return cyclic("CRC64NVME");
    case "SHA1": return hashing("sha1");
    case "SHA256": return hashing("sha256");
  }
}

export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const isBase64Of = (text: string, bytes: number): boolean =>
  BASE64.test(text) && Buffer.from(text, "base64").length === bytes;

export const isWellFormedChecksum = ({ algorithm, value }: Checksum): boolean => isBase64Of(value, BYTES[algorithm]);
export const isWellFormedMd5 = (value: string): boolean => isBase64Of(value, 16);
