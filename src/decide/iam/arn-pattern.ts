import type { ConditionContext } from "./context.ts";
import { ANY, compileTokens, hasVariables, tokenize, type Match, type Token } from "./pattern.ts";

const COLON = 0x3a;
/** arn, partition, service, region, account; what follows is the resource and may hold colons of its own. */
const PARTS_BEFORE_RESOURCE = 5;

/** An ARN cut at its first five colons, once, however many patterns it meets. */
export interface CutArn {
  readonly text: string;
  /** Six parts, or undefined when the text has fewer. */
  readonly parts: readonly string[] | undefined;
}

export function cutArn(text: string): CutArn {
  const parts: string[] = [];
  let from = 0;
  while (parts.length < PARTS_BEFORE_RESOURCE) {
    const colon = text.indexOf(":", from);
    if (colon === -1) return { text, parts: undefined };
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return { text, parts };
}

export type ArnMatch = (arn: CutArn, context: ConditionContext) => boolean | undefined;

function cutTokens(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token === COLON && parts.length <= PARTS_BEFORE_RESOURCE) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/**
 * A pattern in a policy's Resource. Wildcards stay within their part, and those in the resource part span everything
 * after the fifth colon. Variables count in the resource part only. A pattern with fewer than six parts is completed by
 * wildcards, and a `*` that ends it spans colons.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileResourcePattern(text: string, variables: boolean): ArnMatch {
  if (/^\*+$/.test(text)) return () => true;
  const tokens = tokenize(text, { variables, wildcards: true });
  const parts = cutTokens(tokens);
  if (parts.length <= PARTS_BEFORE_RESOURCE) {
    if (hasVariables(tokens)) return () => undefined;
    const whole = compileTokens(tokens);
    const completed = compileTokens([...tokens, COLON, ANY]);
    return ({ text: arn }, context) => whole(arn, context) === true || completed(arn, context) === true;
  }
  return compileParts(tokens, parts, { variablesIn: PARTS_BEFORE_RESOURCE });
}

/** A pattern of `ArnLike`: each of the six parts by itself, variables anywhere. */
export function compileArnPattern(text: string, variables: boolean): ArnMatch {
  if (/^\*+$/.test(text)) return () => true;
  const tokens = tokenize(text, { variables, wildcards: true });
  // A variable may be a whole ARN: `${aws:PrincipalArn}`. Then its value is cut, not the pattern.
  const [only] = tokens;
  if (tokens.length === 1 && only !== undefined && typeof only !== "number") {
    const whole = compileTokens(tokens);
    return (arn, context) => whole(arn.text, context);
  }
  const parts = cutTokens(tokens);
  if (parts.length <= PARTS_BEFORE_RESOURCE) return () => false;
  return compileParts(tokens, parts, { variablesIn: 0 });
}

function compileParts(
  tokens: readonly Token[],
  parts: readonly (readonly Token[])[],
  { variablesIn }: { readonly variablesIn: number },
): ArnMatch {
  if (parts.slice(0, variablesIn).some(hasVariables)) return () => undefined;
  if (!tokens.some((token) => typeof token !== "number" || token < 0) || onlyAtTheEnd(tokens)) {
    const whole = compileTokens(tokens);
    return ({ text }, context) => whole(text, context);
  }
  const matches: readonly Match[] = parts.map(compileTokens);
  return (arn, context) => {
    if (arn.parts === undefined) return false;
    let result: boolean | undefined = true;
    for (let at = matches.length - 1; at >= 0; at--) {
      const matched = matches[at]?.(arn.parts[at] ?? "", context);
      if (matched === false) return false;
      // Unsettled unless another part settles it.
      if (matched === undefined) result = undefined;
    }
    return result;
  };
}

/** The only wildcard is a `*` at the end of the resource part: then the whole text can be compared at once. */
const onlyAtTheEnd = (tokens: readonly Token[]): boolean =>
  tokens.at(-1) === ANY && tokens.slice(0, -1).every((token) => typeof token === "number" && token >= 0);
