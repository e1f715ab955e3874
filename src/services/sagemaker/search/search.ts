import type { SearchExpression } from "@aws-sdk/client-sagemaker";
import { filtersOf, matches, sortValue, type Filter } from "../../../decide/search/index.ts";
import { aboutAll } from "../access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { refuseIf } from "../validate.ts";
import { SEARCHABLE } from "./resources.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html */
const MAX_CONDITIONS = 50;
const DEFAULT_SORT = "LastModifiedTime";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html */
export const search = operation("Search", {
  authorize: (_input, context) => aboutAll(context),
  handle: ({ Resource, SearchExpression: expression, SortBy: sortBy = DEFAULT_SORT, ...input }, context) => {
    const kind = Resource === undefined ? undefined : SEARCHABLE[Resource];
    if (kind === undefined) throw errors.unsupported(`Search with Resource ${Resource ?? ""}`, `searches of other resources than ${Object.keys(SEARCHABLE).join(", ")}`);
    refuseIf(input.CrossAccountFilterOption === "CrossAccount", context, ["CrossAccountFilterOption CrossAccount", "resources that other accounts share"]);
    refuseIf((input.VisibilityConditions?.length ?? 0) > 0, context, ["VisibilityConditions", "visibility conditions"]);
    checkExpression(expression, kind.properties);
    requireProperty(sortBy, kind.properties);
    const records = kind.all(context).filter(({ properties }) => expression === undefined || matches(properties, expression)).map((record) => ({ ...record, sort: sortValue(record.properties, sortBy) }));
    // What has no such property comes last, in either order.
    const last = lastValue(records.map(({ sort }) => sort), input.SortOrder ?? "Descending");
    const { page, next } = pageOf(records, { NextToken: input.NextToken, MaxResults: input.MaxResults, SortOrder: input.SortOrder }, { order: "Descending", sortBy: ({ sort }) => sort ?? last });
    return { Results: page.map(({ record }) => record), TotalHits: { Value: records.length, Relation: "EqualTo" as const }, ...next };
  },
});

function lastValue(values: readonly (string | number | undefined)[], order: string): string | number {
  const text = values.some((value) => typeof value === "string");
  if (order === "Ascending") return text ? "\u{10ffff}" : Number.MAX_VALUE;
  return text ? "" : -Number.MAX_VALUE;
}

function checkExpression(expression: SearchExpression | undefined, properties: readonly string[]): void {
  if (expression === undefined) return;
  const filters: readonly Filter[] = filtersOf(expression);
  if (filters.length === 0) throw errors.invalid("SearchExpression must have at least one of Filters, NestedFilters and SubExpressions.");
  if (filters.length > MAX_CONDITIONS) throw errors.invalid(`SearchExpression has ${filters.length} conditions; it can have ${MAX_CONDITIONS}.`);
  for (const { Name = "" } of filters) requireProperty(Name, properties);
  const without = filters.find(({ Operator, Value }) => Value === undefined && Operator !== "Exists" && Operator !== "NotExists");
  if (without !== undefined) throw errors.invalid(`The filter of ${without.Name ?? ""} needs a Value.`);
  // AWS's words: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Filter.html. The names that may have several are of resources that are not searched here.
  if (filters.filter(({ Operator }) => Operator === "Contains").length > 1) throw errors.invalid("'CONTAINS' operator usage limit of 1 exceeded.");
}

function requireProperty(name: string, properties: readonly string[]): void {
  const first = name.split(".")[0] ?? "";
  if (!properties.includes(first)) throw errors.invalid(`Unknown property name: ${name}. The resource has ${properties.join(", ")}.`);
}
