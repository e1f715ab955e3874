import type { ConditionContext } from "./context.ts";
import { CONDITION_OPERATORS } from "./operators.ts";
import type { Match } from "./pattern.ts";

/** A whole Condition element: operators and keys are joined by AND, the values of a key by OR. */
export type Condition = (context: ConditionContext) => boolean;

/** operator → key → values, as the grammar has it with every value in a list. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface ReadOperator {
  readonly set: "any" | "all" | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

const OPERATOR = /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/i;

/** Takes `ForAnyValue:StringLikeIfExists` apart; undefined when no such operator exists. */
export function readOperator(text: string): ReadOperator | undefined {
  const [, set, name = "", ifExists] = OPERATOR.exec(text) ?? [];
  const lower = name.toLowerCase();
  const isNull = lower === "null";
  if (!CONDITION_OPERATORS.has(lower) && !isNull) return undefined;
  if (isNull && ifExists !== undefined) return undefined;
  return {
    set: set === undefined ? undefined : set.toLowerCase() === "foranyvalue" ? "any" : "all",
    name: lower,
    ifExists: ifExists !== undefined,
  };
}

export function compileConditions(block: ConditionBlock, variables: boolean): Condition {
  const tests = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileTest(operator, { key: key.toLowerCase(), values, variables })));
  if (tests.length === 0) return () => true;
  return (context) => tests.every((test) => test(context));
}

interface TestParts {
  readonly key: string;
  readonly values: readonly string[];
  readonly variables: boolean;
}

function compileTest(operatorText: string, { key, values, variables }: TestParts): Condition {
  const read = readOperator(operatorText);
  if (read === undefined) return () => false;
  if (read.name === "null") {
    return (context) => {
      const absent = context.get(key) === undefined ? "true" : "false";
      return values.some((value) => value.toLowerCase() === absent);
    };
  }
  const operator = CONDITION_OPERATORS.get(read.name);
  if (operator === undefined) return () => false;
  const matches: readonly Match[] = values.map((value) => operator.compile(value, variables));
  // A value that cannot be compared (a variable without a value, a number that is none) makes a negated test false too.
  const holds = operator.negated
    ? (text: string, context: ConditionContext): boolean => matches.every((match) => match(text, context) === false)
    : (text: string, context: ConditionContext): boolean => matches.some((match) => match(text, context) === true);
  return (context) => {
    const actual = context.get(key);
    if (actual === undefined) return missing(read, operator.negated);
    if (read.set === undefined) return typeof actual === "string" && holds(actual, context);
    const list = typeof actual === "string" ? [actual] : actual;
    return read.set === "any" ? list.some((text) => holds(text, context)) : list.every((text) => holds(text, context));
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function missing({ set, ifExists }: ReadOperator, negated: boolean): boolean {
  if (ifExists || set === "all") return true;
  return set === undefined && negated;
}
