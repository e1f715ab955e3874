import type { Matcher } from "./compile.ts";
import { parseJsonPattern, type Condition, type Expression, type Selector } from "./json-grammar.ts";

/** Messages that are JSON objects and fulfil the expression. */
export function compileJsonPattern(pattern: string): Matcher {
  const expression = parseJsonPattern(pattern);
  return (message) => {
    // Most lines are no JSON: do not make the parser say so.
    if (!/^\s*\{/.test(message)) return false;
    try {
      return holds(expression, JSON.parse(message) as unknown);
    } catch {
      return false;
    }
  };
}

function holds(expression: Expression, document: unknown): boolean {
  switch (expression.kind) {
    case "or": return expression.parts.some((part) => holds(part, document));
    case "and": return expression.parts.every((part) => holds(part, document));
    case "condition": return fulfils(expression.condition, select(document, expression.selector));
  }
}

function select(document: unknown, selector: Selector): unknown {
  let node = document;
  for (const step of selector) {
    if (typeof step === "number") node = Array.isArray(node) ? (node as readonly unknown[])[step] : undefined;
    else node = typeof node === "object" && node !== null && !Array.isArray(node) && Object.hasOwn(node, step)
      ? (node as Readonly<Record<string, unknown>>)[step]
      : undefined;
  }
  return node;
}

/** A comparison needs a string or a number: with anything else there the filter "will not be applied", `!=` neither. */
function fulfils(condition: Condition, value: unknown): boolean {
  switch (condition.kind) {
    case "is": return value === condition.value;
    case "absent": return value === undefined;
    case "number": {
      const number = typeof value === "number" ? value : Number.NaN;
      if (Number.isNaN(number)) return typeof value === "string" && sameText(condition, value);
      return compareNumbers(condition.operator, number, condition.value);
    }
    case "text": {
      if (typeof value !== "string" && typeof value !== "number") return false;
      return condition.matches(String(value)) === (condition.operator === "=");
    }
  }
}

/** `{ $.code = 400 }` beside `"code": "400"`: equality is of strings there. */
function sameText({ operator, text }: Extract<Condition, { kind: "number" }>, value: string): boolean {
  return (operator === "=" && value === text) || (operator === "!=" && value !== text);
}

function compareNumbers(operator: Extract<Condition, { kind: "number" }>["operator"], a: number, b: number): boolean {
  switch (operator) {
    case "=": return a === b;
    case "!=": return a !== b;
    case "<": return a < b;
    case "<=": return a <= b;
    case ">": return a > b;
    case ">=": return a >= b;
  }
}
