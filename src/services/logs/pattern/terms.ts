import { errors } from "../errors.ts";
import type { Matcher } from "./compile.ts";

type Kind = "all" | "any" | "none";

// A sign, perhaps space after a minus (`"ERROR" - "Exiting"` in AWS's example), then a phrase in quotes or a bare term.
const TERM = /\s*(?:(\?)|(-)\s*)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;
const BARE = /^\w+$/;

/**
 * Terms anywhere in a message, case-sensitively, also inside words: all plain ones, one of those marked `?`, none marked `-`.
 */
export function compileTerms(pattern: string): Matcher {
  const terms: Record<Kind, string[]> = { all: [], any: [], none: [] };
  TERM.lastIndex = 0;
  for (let at = 0; at < pattern.length;) {
    TERM.lastIndex = at;
    const match = TERM.exec(pattern);
    if (match === null) throw errors.badPattern(`nothing can be read at ${JSON.stringify(pattern.slice(at, at + 20))}`);
    const [, optional, excluded, quoted, bare] = match;
    if (bare?.startsWith("%") === true) throw errors.unsupportedPattern("regular expressions (%…%)");
    if (bare !== undefined && !BARE.test(bare)) throw errors.badTerm(bare);
    const kind: Kind = optional === undefined ? (excluded === undefined ? "all" : "none") : "any";
    terms[kind].push(bare ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1"));
    at = TERM.lastIndex;
  }
  const { all, any, none } = terms;
  // AWS documents no meaning for the mixture.
  if (any.length > 0 && all.length + none.length > 0) throw errors.unsupportedPattern("?terms beside terms of another kind");
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}
