import { readOperator } from "./conditions.ts";
import { isObject, textList } from "./document.ts";
import { readDate } from "./values.ts";

/** A text, or a list of texts, that is not empty. */
export function texts(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((each) => typeof each === "string") ? list : undefined;
}

const VENDOR = /^[A-Za-z0-9-]+$/;

/** What is wrong with the name of an action: `s3:GetObject`, `s3:*`, `*`. */
export function checkAction(action: string): string | undefined {
  if (action === "*") return undefined;
  const [vendor = "", name, ...rest] = action.split(":");
  if (name === undefined || vendor === "") return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  if (rest.length > 0) return "Actions/Condition can contain only one colon.";
  if (vendor !== "*" && !VENDOR.test(vendor)) return `Vendor ${vendor} is not valid`;
  return undefined;
}

export type ConditionComplaint = { readonly kind: "form" | "operator" | "date"; readonly operator: string };

/** The first thing wrong with a Condition element. */
export function checkCondition(condition: unknown): ConditionComplaint | undefined {
  if (condition === undefined) return undefined;
  if (!isObject(condition)) return { kind: "form", operator: "" };
  for (const [operator, keys] of Object.entries(condition)) {
    const read = readOperator(operator);
    if (read === undefined) return { kind: "operator", operator };
    if (!isObject(keys) || Object.keys(keys).length === 0) return { kind: "form", operator };
    for (const value of Object.values(keys)) {
      const list = textList(value);
      if (list === undefined) return { kind: "form", operator };
      if (read.name.startsWith("date") && list.some((text) => readDate(text) === undefined)) return { kind: "date", operator };
    }
  }
  return undefined;
}
