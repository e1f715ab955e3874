import type { ConditionBlock } from "./conditions.ts";

/** The elements of a statement with every single value put into a list. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly principal: PrincipalElement | undefined;
  readonly notPrincipal: PrincipalElement | undefined;
  readonly action: readonly string[] | undefined;
  readonly notAction: readonly string[] | undefined;
  readonly resource: readonly string[] | undefined;
  readonly notResource: readonly string[] | undefined;
  readonly condition: ConditionBlock;
}

/** `*`, or names by the kind of principal: AWS, Service, Federated, CanonicalUser. */
export type PrincipalElement = "*" | Readonly<Record<string, readonly string[]>>;

export interface PolicyDocument {
  readonly version: "2008-10-17" | "2012-10-17";
  readonly statements: readonly Statement[];
}

type Json = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Condition values may be written as numbers and booleans. */
export function textList(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((each) => typeof each === "string" || typeof each === "number" || typeof each === "boolean")
    ? list.map(String)
    : undefined;
}

/**
 * Reads a document that `checkPolicyDocument` let pass when it was written. What is not understood is left out, and a
 * statement without the elements it needs applies to nothing.
 */
export function readDocument(text: string): PolicyDocument {
  const json = parseJson(text);
  if (!isObject(json)) return { version: "2012-10-17", statements: [] };
  const statements: readonly unknown[] = Array.isArray(json["Statement"]) ? json["Statement"] : [json["Statement"]];
  return {
    version: json["Version"] === "2012-10-17" ? "2012-10-17" : "2008-10-17",
    statements: statements.filter(isObject).map(readStatement).filter((statement) => statement !== undefined),
  };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readStatement(json: Json): Statement | undefined {
  const effect = json["Effect"];
  if (effect !== "Allow" && effect !== "Deny") return undefined;
  return {
    sid: typeof json["Sid"] === "string" ? json["Sid"] : undefined,
    effect,
    principal: readPrincipal(json["Principal"]),
    notPrincipal: readPrincipal(json["NotPrincipal"]),
    action: textList(json["Action"]),
    notAction: textList(json["NotAction"]),
    resource: textList(json["Resource"]),
    notResource: textList(json["NotResource"]),
    condition: readConditions(json["Condition"]),
  };
}

function readPrincipal(value: unknown): PrincipalElement | undefined {
  if (value === "*") return "*";
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([kind, names]) => [kind, textList(names) ?? []]));
}

function readConditions(value: unknown): ConditionBlock {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, keys]) => isObject(keys)).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys as Json).map(([key, values]) => [key, textList(values) ?? []])),
  ]));
}
