import { errors } from "../errors.ts";

/** `$.users[0].id` → ["users", 0, "id"] */
export type Selector = readonly (string | number)[];
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { readonly kind: "is"; readonly value: boolean | null }
  | { readonly kind: "absent" }
  | { readonly kind: "number"; readonly operator: Operator; readonly value: number; readonly text: string }
  | { readonly kind: "text"; readonly operator: "=" | "!="; readonly matches: (text: string) => boolean };

export type Expression =
  | { readonly kind: "or" | "and"; readonly parts: readonly Expression[] }
  | { readonly kind: "condition"; readonly selector: Selector; readonly condition: Condition };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const CONSTANTS: Readonly<Record<string, boolean | null>> = { TRUE: true, FALSE: false, NULL: null };

/** Parses `{ … }`: conditions joined by `&&` and `||`, which binds weaker, with parentheses. */
export function parseJsonPattern(pattern: string): Expression {
  let at = 0;
  const fail = (expected: string): never => {
    throw errors.badPattern(`${expected} expected at ${JSON.stringify(pattern.slice(at, at + 20))}`);
  };
  /** Takes what matches here, after spaces; undefined when nothing does. */
  const take = (form: RegExp): string | undefined => {
    const found = new RegExp(`\\s*(${form.source})`, "y");
    found.lastIndex = at;
    const match = found.exec(pattern);
    if (match === null) return undefined;
    at = found.lastIndex;
    return match[1];
  };

  const selector = (): Selector => {
    if (take(/\$/) === undefined) fail("a property selector ($.name)");
    const steps: (string | number)[] = [];
    for (;;) {
      const name = take(/\.[A-Za-z0-9_-]+/);
      const index = name === undefined ? take(/\[\d+\]/) : undefined;
      if (name !== undefined) steps.push(name.slice(1));
      else if (index !== undefined) steps.push(Number(index.slice(1, -1)));
      else return steps.length > 0 ? steps : fail(".name");
    }
  };
  const condition = (): Condition => {
    if (take(/NOT\s+EXISTS\b/) !== undefined) return { kind: "absent" };
    if (take(/IS\b/) !== undefined) return { kind: "is", value: CONSTANTS[take(/TRUE\b|FALSE\b|NULL\b/) ?? fail("TRUE, FALSE or NULL")] ?? null };
    const operator = (take(/<=|>=|!=|=|<|>/) ?? fail("an operator")) as Operator;
    if (take(/%/) !== undefined) throw errors.unsupportedPattern("regular expressions (%…%)");
    const quoted = take(/"(?:[^"\\]|\\.)*"/);
    const text = quoted === undefined ? (take(/[^\s"()&|{}]+/) ?? fail("a value")) : quoted.slice(1, -1).replaceAll(/\\(.)/g, "$1");
    if (quoted === undefined && NUMBER.test(text)) return { kind: "number", operator, value: Number(text), text };
    if (operator !== "=" && operator !== "!=") return fail("a number");
    return { kind: "text", operator, matches: wildcard(text) };
  };
  const primary = (): Expression => {
    if (take(/\(/) === undefined) return { kind: "condition", selector: selector(), condition: condition() };
    const inner = joined("or");
    if (take(/\)/) === undefined) fail(")");
    return inner;
  };
  const joined = (kind: "or" | "and"): Expression => {
    const part = (): Expression => (kind === "or" ? joined("and") : primary());
    const parts = [part()];
    while (take(kind === "or" ? /\|\|/ : /&&/) !== undefined) parts.push(part());
    return parts.length === 1 ? (parts[0] ?? fail("a condition")) : { kind, parts };
  };

  take(/\{/);
  const expression = joined("or");
  if (take(/\}/) === undefined || at < pattern.length) fail("&&, || or }");
  return expression;
}

/** An asterisk at either end stands for any text; inside it is itself ("Ev*ent will only match Ev*ent"). */
function wildcard(text: string): (value: string) => boolean {
  const [open, close] = [text.startsWith("*"), text.endsWith("*") && text.length > 1];
  const core = text.slice(open ? 1 : 0, close ? -1 : undefined);
  if (open && (close || core === "")) return (value) => value.includes(core);
  if (open) return (value) => value.endsWith(core);
  if (close) return (value) => value.startsWith(core);
  return (value) => value === text;
}
