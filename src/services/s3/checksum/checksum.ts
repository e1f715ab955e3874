import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { createCrc } from "../../../shared/crc.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** What S3 adds to an object whose client sent no checksum. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = "CRC64NVME";

/** An object's or part's checksum: base64, for composite ones of many parts followed by `-N`. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}

export interface RunningDigest {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

const hashing = (name: string): RunningDigest => createHash(name);

function cyclic32(): RunningDigest {
  let sum = 0;
  return {
    update: (bytes) => {
      sum = crc32(bytes, sum);
    },
    digest: () => {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(sum);
      return out;
    },
  };
}

const MAKERS: Readonly<Record<ChecksumAlgorithm, () => RunningDigest>> = {
  CRC32: cyclic32,
  CRC32C: () => createCrc("CRC32C"),
  CRC64NVME: () => createCrc("CRC64NVME"),
  SHA1: () => hashing("sha1"),
  SHA256: () => hashing("sha256"),
};

export const createDigest = (algorithm: ChecksumAlgorithm): RunningDigest => MAKERS[algorithm]();
export const createMd5 = (): RunningDigest => hashing("md5");

export const isSupported = (name: string): name is ChecksumAlgorithm => name in MAKERS;

/** The members that carry checksums in S3's inputs and outputs. */
export interface ChecksumMembers {
  ChecksumCRC32?: string | undefined;
  ChecksumCRC32C?: string | undefined;
  ChecksumCRC64NVME?: string | undefined;
  ChecksumSHA1?: string | undefined;
  ChecksumSHA256?: string | undefined;
}

const MEMBERS = Object.keys(MAKERS).map((name) => [name as ChecksumAlgorithm, `Checksum${name}` as keyof ChecksumMembers] as const);

/** `{ ChecksumCRC32: "…" }` */
export const checksumMember = (checksum: Pick<Checksum, "algorithm" | "value"> | undefined): ChecksumMembers =>
  checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {};

/** The same with `ChecksumType`, which whole objects have and parts have not. */
export const checksumMembers = (checksum: Checksum | undefined): ChecksumMembers & { ChecksumType?: ChecksumType } =>
  checksum ? { ...checksumMember(checksum), ChecksumType: checksum.type } : {};

/** The checksum an input carries, if any. */
export function givenChecksum(input: ChecksumMembers): Pick<Checksum, "algorithm" | "value"> | undefined {
  for (const [algorithm, member] of MEMBERS) {
    const value = input[member];
    if (value !== undefined) return { algorithm, value };
  }
  return undefined;
}
