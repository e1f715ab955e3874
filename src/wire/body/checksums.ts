import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";

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
  digest(): Promise<string>;
}

const hashing = (name: string): RunningChecksum => {
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), digest: () => Promise.resolve(hash.digest("base64")) };
};

const cyclic = (crc: { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> }): RunningChecksum => ({
  update: (bytes) => crc.update(bytes),
  digest: async () => Buffer.from(await crc.digest()).toString("base64"),
});

export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32": return cyclic(new Crc32());
    case "CRC32C": return cyclic(new Crc32c());
    case "CRC64NVME": return cyclic(new Crc64Nvme());
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
