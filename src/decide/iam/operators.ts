import { compileArnPattern, cutArn } from "./arn-pattern.ts";
import { compilePattern, type Match } from "./pattern.ts";
import { inRange, readAddress, readBoolean, readDate, readNumber, readRange } from "./values.ts";

/** How one value of a policy's condition compares with one value of the request. */
export interface ConditionOperator {
  /** A negated operator is true when no value matches, and when the request lacks the key. */
  readonly negated: boolean;
  readonly compile: (policyValue: string, variables: boolean) => Match;
}

const exact = (fold: (text: string) => string): ConditionOperator["compile"] => (value, variables) => {
  const match = compilePattern(fold(value), { variables, wildcards: false });
  return (text, context) => match(fold(text), fold === same ? context : { get: (key) => foldValue(context.get(key), fold) });
};
const same = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();
const foldValue = (value: string | readonly string[] | undefined, fold: (text: string) => string) =>
  typeof value === "string" ? fold(value) : value;

const like: ConditionOperator["compile"] = (value, variables) => compilePattern(value, { variables, wildcards: true });

const arn: ConditionOperator["compile"] = (value, variables) => {
  const match = compileArnPattern(value, variables);
  return (text, context) => match(cutArn(text), context);
};

const never: Match = () => undefined;

const ordered = (read: (text: string) => number | undefined, holds: (actual: number, wanted: number) => boolean): ConditionOperator["compile"] =>
  (value) => {
    const wanted = read(value);
    if (wanted === undefined) return never;
    return (text) => {
      const actual = read(text);
      return actual === undefined ? undefined : holds(actual, wanted);
    };
  };

const bool: ConditionOperator["compile"] = (value, variables) => {
  const match = compilePattern(lower(value), { variables, wildcards: false });
  return (text, context) => (readBoolean(text) === undefined ? undefined : match(lower(text), context));
};

const address: ConditionOperator["compile"] = (value) => {
  const range = readRange(value);
  if (range === undefined) return never;
  return (text) => {
    const bytes = readAddress(text);
    return bytes === undefined ? undefined : inRange(range, bytes);
  };
};

const comparisons = (kind: "Numeric" | "Date", read: (text: string) => number | undefined): readonly (readonly [string, ConditionOperator])[] => {
  const equal = ordered(read, (actual, wanted) => actual === wanted);
  return [
    [`${kind}Equals`, { negated: false, compile: equal }],
    [`${kind}NotEquals`, { negated: true, compile: equal }],
    [`${kind}LessThan`, { negated: false, compile: ordered(read, (actual, wanted) => actual < wanted) }],
    [`${kind}LessThanEquals`, { negated: false, compile: ordered(read, (actual, wanted) => actual <= wanted) }],
    [`${kind}GreaterThan`, { negated: false, compile: ordered(read, (actual, wanted) => actual > wanted) }],
    [`${kind}GreaterThanEquals`, { negated: false, compile: ordered(read, (actual, wanted) => actual >= wanted) }],
  ];
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, by lower case. */
export const CONDITION_OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map([
  ["StringEquals", { negated: false, compile: exact(same) }],
  ["StringNotEquals", { negated: true, compile: exact(same) }],
  ["StringEqualsIgnoreCase", { negated: false, compile: exact(lower) }],
  ["StringNotEqualsIgnoreCase", { negated: true, compile: exact(lower) }],
  ["StringLike", { negated: false, compile: like }],
  ["StringNotLike", { negated: true, compile: like }],
  ...comparisons("Numeric", readNumber),
  ...comparisons("Date", readDate),
  ["Bool", { negated: false, compile: bool }],
  ["BinaryEquals", { negated: false, compile: (value: string) => (text: string) => text === value }],
  ["IpAddress", { negated: false, compile: address }],
  ["NotIpAddress", { negated: true, compile: address }],
  ["ArnEquals", { negated: false, compile: arn }],
  ["ArnLike", { negated: false, compile: arn }],
  ["ArnNotEquals", { negated: true, compile: arn }],
  ["ArnNotLike", { negated: true, compile: arn }],
].map(([name, operator]) => [(name as string).toLowerCase(), operator as ConditionOperator]));
