import { createHmac, timingSafeEqual } from "node:crypto";
import type { Readable } from "node:stream";
import { MINUTE, plus, type Instant } from "../../../base/instant.ts";
import type { Random } from "../../../shared/random.ts";
import type { BlobStore } from "../../../store/index.ts";
import type { FunctionRecord } from "../function/function.ts";

/** Where packages are downloaded. No bucket can have this name, and so no path of S3's begins like it. */
export const CODE_PATH = "/.sagebrush/lambda/code/";
/** As long as AWS's own address is good (API_FunctionCodeLocation). */
const LIFETIME = 10 * MINUTE;

/** Addresses by which whoever has them can read one package for ten minutes. They end with the server. */
export interface CodeLocations {
  locate(fn: FunctionRecord, endpoint: string, now: Instant): string;
  /** The package behind a path and query; undefined for an address that was never given or has expired. */
  open(path: string, query: string, now: Instant): Readable | undefined;
}

export function createCodeLocations(blobs: BlobStore, random: Random): CodeLocations {
  const secret = random.bytes(32);
  const sign = (blob: string, expires: string): string => createHmac("sha256", secret).update(`${blob}\n${expires}`).digest("hex");
  return {
    locate({ code }, endpoint, now) {
      const expires = String(plus(now, LIFETIME));
      return `${endpoint}${CODE_PATH}${code.blob}?Expires=${expires}&Signature=${sign(code.blob, expires)}`;
    },
    open(path, query, now) {
      const blob = path.slice(CODE_PATH.length);
      const given = new URLSearchParams(query);
      const expires = given.get("Expires") ?? "";
      const [expected, signature] = [Buffer.from(sign(blob, expires)), Buffer.from(given.get("Signature") ?? "")];
      const known = signature.length === expected.length && timingSafeEqual(signature, expected);
      return known && Number(expires) > now ? blobs.read(blob) : undefined;
    },
  };
}
