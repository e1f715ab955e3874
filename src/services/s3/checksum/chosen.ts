import { errors } from "../errors.ts";
import { givenChecksum, isSupported, type Checksum, type ChecksumAlgorithm, type ChecksumMembers } from "./checksum.ts";
import type { Received } from "../content/receive.ts";

interface Declared extends ChecksumMembers {
  readonly ChecksumAlgorithm?: string | undefined;
  readonly ContentMD5?: string | undefined;
}

/** An algorithm's name in an input; undefined when none is meant. Throws for those S3 has and we do not. */
export function namedAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  // Old botocore names MD5 here when it sends Content-MD5.
  if (name === undefined || name === "" || name === "MD5") return undefined;
  if (!isSupported(name)) throw errors.unsupportedHeader("x-amz-checksum-algorithm", name);
  return name;
}

/** The algorithm the client uses for this body: by the value it gives, by the trailer it announces, or by name. */
export function chosenAlgorithm(input: Declared, headers: Readonly<Record<string, string>> = {}): ChecksumAlgorithm | undefined {
  const announced = /x-amz-checksum-([a-z0-9]+)/i.exec(headers["x-amz-trailer"] ?? "")?.[1]?.toUpperCase();
  return givenChecksum(input)?.algorithm ?? namedAlgorithm(announced) ?? namedAlgorithm(input.ChecksumAlgorithm);
}

/** Throws BadDigest when what came is not what the input says. (Trailers were checked as they came.) */
export function checkDigests(input: Declared, received: Received): void {
  if (input.ContentMD5 !== undefined && input.ContentMD5 !== received.md5.toString("base64")) throw errors.badDigest("Content-MD5");
  const given = givenChecksum(input);
  if (given && given.value !== received.checksum.toString("base64")) throw errors.badDigest(given.algorithm);
}

/** The checksum of content that came in one piece. */
export const wholeChecksum = (algorithm: ChecksumAlgorithm, received: Pick<Received, "checksum">): Checksum =>
  ({ algorithm, value: received.checksum.toString("base64"), type: "FULL_OBJECT" });
