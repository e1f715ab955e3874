import { elementsOf, valuesOf, type Value } from "./property.ts";

export type Operator = "Equals" | "NotEquals" | "GreaterThan" | "GreaterThanOrEqualTo" | "LessThan" | "LessThanOrEqualTo" | "Contains" | "Exists" | "NotExists" | "In";

export interface Filter {
  readonly Name?: string | undefined;
  readonly Operator?: Operator | undefined;
  readonly Value?: string | undefined;
}

export interface Expression {
  readonly Filters?: readonly Filter[] | undefined;
  readonly NestedFilters?: readonly { readonly NestedPropertyName?: string | undefined; readonly Filters?: readonly Filter[] | undefined }[] | undefined;
  readonly SubExpressions?: readonly Expression[] | undefined;
  readonly Operator?: "And" | "Or" | undefined;
}

type Resource = Readonly<Record<string, unknown>>;

/** Whether a resource is what a search asks for: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SearchExpression.html */
export function matches(resource: Resource, { Filters = [], NestedFilters = [], SubExpressions = [], Operator = "And" }: Expression): boolean {
  const conditions: readonly (() => boolean)[] = [
    ...Filters.map((filter) => () => holds(resource, filter)),
    ...NestedFilters.map((nested) => () => nestedHolds(resource, nested)),
    ...SubExpressions.map((expression) => () => matches(resource, expression)),
  ];
  return Operator === "Or" ? conditions.some((condition) => condition()) : conditions.every((condition) => condition());
}

/** One object of the list must satisfy all filters; their names begin with the list's. */
function nestedHolds(resource: Resource, { NestedPropertyName: list = "", Filters = [] }: NonNullable<Expression["NestedFilters"]>[number]): boolean {
  return elementsOf(resource, list).some((element) => Filters.every(({ Name = "", ...filter }) => holds(element, { ...filter, Name: Name.startsWith(`${list}.`) ? Name.slice(list.length + 1) : Name })));
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Filter.html: a filter without an operator means Equals. */
function holds(resource: Resource, { Name = "", Operator = "Equals", Value: wanted = "" }: Filter): boolean {
  const found = valuesOf(resource, Name);
  switch (Operator) {
    case "Exists": return found.length > 0;
    case "NotExists": return found.length === 0;
    case "NotEquals": return !found.some((value) => equals(value, wanted));
    default: return found.some((value) => compares(value, Operator, wanted));
  }
}

function compares(value: Value, operator: Exclude<Operator, "Exists" | "NotExists" | "NotEquals">, wanted: string): boolean {
  // Text is compared as a number where it is one (hyperparameters), and otherwise not at all.
  const [own, other] = [numberOf(value), value instanceof Date ? Date.parse(wanted) : Number(wanted)];
  switch (operator) {
    case "Equals": return equals(value, wanted);
    case "Contains": return typeof value === "string" && value.includes(wanted);
    case "In": return wanted.split(",").some((each) => equals(value, each.trim()));
    case "GreaterThan": return own > other;
    case "GreaterThanOrEqualTo": return own >= other;
    case "LessThan": return own < other;
    case "LessThanOrEqualTo": return own <= other;
  }
}

function equals(value: Value, wanted: string): boolean {
  if (value instanceof Date) return value.getTime() === Date.parse(wanted);
  if (typeof value === "boolean") return String(value) === wanted.toLowerCase();
  return typeof value === "number" ? value === Number(wanted) : value === wanted;
}

/** Hyperparameters of scripts are JSON: quotes around a number are not part of it. */
const numberOf = (value: Value): number => (value instanceof Date ? value.getTime() : typeof value === "string" ? Number(value.replace(/^"(.*)"$/, "$1") || Number.NaN) : Number(value));

/** What a resource is sorted by; undefined where it has no such property. */
export function sortValue(resource: Resource, name: string): string | number | undefined {
  const [value] = valuesOf(resource, name);
  if (value === undefined) return undefined;
  const number = numberOf(value);
  return typeof value === "string" && Number.isNaN(number) ? value : number;
}

/** All filters of an expression, with the list's name for those of nested ones. */
export const filtersOf = ({ Filters = [], NestedFilters = [], SubExpressions = [] }: Expression): readonly Filter[] =>
  [...Filters, ...NestedFilters.flatMap((nested) => [{ Name: nested.NestedPropertyName, Operator: "Exists" as const }, ...(nested.Filters ?? [])]), ...SubExpressions.flatMap(filtersOf)];
