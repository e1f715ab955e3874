import type { ConditionContext } from "./context.ts";

/** `*`, which stands for any text, the empty one included. */
export const ANY = -1;
/** `?`, which stands for any one character. */
export const ONE = -2;

/** `${key}` or `${key, 'fallback'}`. */
export interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

/** A character's code, a wildcard, or a variable that the request fills in. */
export type Token = number | Variable;

/** Whether a text matches; undefined when a variable has no value, so that nothing can be said. */
export type Match = (text: string, context: ConditionContext) => boolean | undefined;

interface Reading {
  /** Policies of Version 2012-10-17 have variables; in older ones `${` is only text. */
  readonly variables: boolean;
  readonly wildcards: boolean;
}

const VARIABLE = /\$\{([^{}]*)\}/y;
const WITH_FALLBACK = /^\s*([^,]+?)\s*,\s*'(.*)'\s*$/;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function tokenize(text: string, { variables, wildcards }: Reading): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (variables && code === 0x24) {
      VARIABLE.lastIndex = at;
      const found = VARIABLE.exec(text);
      if (found !== null) {
        tokens.push(readVariable(found[1] ?? ""));
        at += found[0].length - 1;
        continue;
      }
    }
    tokens.push(wildcards && code === 0x2a ? ANY : wildcards && code === 0x3f ? ONE : code);
  }
  return tokens;
}

function readVariable(inside: string): Token {
  // `${*}`, `${?}` and `${$}` are the characters themselves.
  if (inside === "*" || inside === "?" || inside === "$") return inside.charCodeAt(0);
  const [, key, fallback] = WITH_FALLBACK.exec(inside) ?? [];
  return { key: (key ?? inside).trim().toLowerCase(), fallback };
}

/** Replaces the variables by the request's values, taken literally; undefined when one has no value. */
export function fillIn(tokens: readonly Token[], context: ConditionContext): readonly number[] | undefined {
  const filled: number[] = [];
  for (const token of tokens) {
    if (typeof token === "number") {
      filled.push(token);
      continue;
    }
    const value = context.get(token.key);
    // A key with many values cannot stand in a text.
    const text = typeof value === "string" && value !== "" ? value : value === undefined || value === "" ? token.fallback : undefined;
    if (text === undefined) return undefined;
    for (let at = 0; at < text.length; at++) filled.push(text.charCodeAt(at));
  }
  return filled;
}

export const hasVariables = (tokens: readonly Token[]): boolean => tokens.some((token) => typeof token !== "number");

/** Matches a text against characters and wildcards, in time proportional to their product at worst. */
export function matchTokens(tokens: readonly number[], text: string): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted === ANY) {
      star = token++;
      resume = at;
    } else if (wanted === ONE || wanted === text.charCodeAt(at)) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (tokens[token] === ANY) token++;
  return token === tokens.length;
}

/** Compiles one pattern, with short cuts for the forms that most policies have: no wildcard, and one at the end. */
export function compileTokens(tokens: readonly Token[]): Match {
  if (hasVariables(tokens)) {
    return (text, context) => {
      const filled = fillIn(tokens, context);
      return filled === undefined ? undefined : matchTokens(filled, text);
    };
  }
  const fixed = tokens as readonly number[];
  const wild = fixed.findIndex((token) => token < 0);
  if (wild === -1) {
    const exact = String.fromCharCode(...fixed);
    return (text) => text === exact;
  }
  if (wild === fixed.length - 1 && fixed[wild] === ANY) {
    const prefix = String.fromCharCode(...fixed.slice(0, wild));
    return (text) => text.startsWith(prefix);
  }
  return (text) => matchTokens(fixed, text);
}

export const compilePattern = (text: string, reading: Reading): Match => compileTokens(tokenize(text, reading));
