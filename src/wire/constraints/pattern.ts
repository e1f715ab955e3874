/** POSIX classes of Java's regular expressions that JavaScript does not know, as members of a character class. */
const JAVA_CLASSES: Readonly<Record<string, string>> = {
  Print: "\\x20-\\x7e", Graph: "\\x21-\\x7e", Alpha: "a-zA-Z", Digit: "0-9", Alnum: "a-zA-Z0-9", Lower: "a-z", Upper: "A-Z",
  Punct: "!-\\/:-@\\[-`{-~", Blank: " \\t", Space: " \\t\\n\\v\\f\\r", Cntrl: "\\x00-\\x1f\\x7f", XDigit: "0-9a-fA-F",
};
const SYNTAX = new Set("^$\\.*+?()[]{}|/");

/**
 * Rewrites a pattern of the service models, which are Java's, for JavaScript's Unicode mode: escapes of characters that
 * need none, POSIX classes, and `\A…\z` (the whole value is matched in any case).
 */
function translate(pattern: string): string {
  let out = "";
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "[") inClass = true;
    if (character === "]") inClass = false;
    if (character !== "\\") {
      out += character;
      continue;
    }
    at += 1;
    const escaped = pattern.charAt(at);
    const property = escaped === "p" ? /^p\{(\w+)\}/.exec(pattern.slice(at)) : undefined;
    const javaClass = JAVA_CLASSES[property?.[1] ?? ""];
    if (property && javaClass !== undefined) {
      out += inClass ? javaClass : `[${javaClass}]`;
      at += property[0].length - 1;
    } else if (escaped === "A" || escaped === "z" || escaped === "Z") {
      continue;
    } else if (/\w/.test(escaped) && escaped !== "_") {
      out += `\\${escaped}`;
    } else {
      out += SYNTAX.has(escaped) || (escaped === "-" && inClass) ? `\\${escaped}` : escaped;
    }
  }
  return out;
}

function tryRegExp(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`, flags);
  } catch {
    return undefined;
  }
}

/** Patterns of the models that could take exponential time, with others of the same meaning that cannot. */
const EQUIVALENTS: Readonly<Record<string, string>> = {
  "[a-z0-9]([-a-z0-9]*[a-z0-9]){0,39}?": "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
  "https://([.\\-_a-zA-Z0-9]+/?){3,1016}": "https://(?:[.\\-_a-zA-Z0-9]/?){3,}",
};

/** `(…)${1,128}`: Java takes a repeated end of text for one. */
const REPEATED_END = /\$\{\d+,\d+\}$/;

const compiled = new Map<string, RegExp | undefined>();

/** The pattern as a test of a whole value; undefined when JavaScript cannot read it (none today: a test says so). Kept. */
export function compilePattern(given: string): RegExp | undefined {
  if (compiled.has(given)) return compiled.get(given);
  const pattern = EQUIVALENTS[given] ?? given.replace(REPEATED_END, "");
  // Without Unicode properties the plain mode comes first: it is the more forgiving one, as Java is.
  const plain = pattern.includes("\\p{") || pattern.includes("\\P{") ? undefined : tryRegExp(pattern.replaceAll(/\\A|\\z|\\Z/g, ""), "");
  const result = plain ?? tryRegExp(translate(pattern), "u");
  compiled.set(given, result);
  return result;
}
