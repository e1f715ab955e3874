import { hexId } from "../../../shared/ids.ts";
import type { Random } from "../../../shared/random.ts";
import type { Instant } from "../../../base/instant.ts";

/** The X-Ray header of an invocation: the caller's, or a new one that is not sampled. https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function traceIdOf(given: string | undefined, random: Random, now: Instant): string {
  if (given !== undefined && /^[\x21-\x7e]{1,512}$/.test(given)) return given;
  const seconds = Math.floor(now / 1000).toString(16).padStart(8, "0");
  return `Root=1-${seconds}-${hexId(random, 24)};Parent=${hexId(random, 16)};Sampled=0`;
}
