import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { PAGE } from "../limits.ts";
import { describe, keyOf, prefixOf } from "./query.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeQueryDefinitions.html */
export const describeQueryDefinitions = operation("DescribeQueryDefinitions", {
  authorize: () => [{ action: "logs:DescribeQueryDefinitions", resource: "*" }],
  handle: ({ queryDefinitionNamePrefix = "", queryLanguage, maxResults = PAGE, nextToken }, context) => {
    // The place to go on after is an id, which says nothing that its reader may not know.
    if (nextToken !== undefined && !context.queries.has(keyOf(context, nextToken))) throw errors.badToken();
    const matching = queryLanguage !== undefined && queryLanguage !== "CWLI" ? [] : context.queries
      .values({ prefix: prefixOf(context), ...(nextToken !== undefined && { after: keyOf(context, nextToken) }) })
      .filter(({ name }) => name.startsWith(queryDefinitionNamePrefix));
    const page = matching.slice(0, maxResults);
    const last = page.at(-1);
    return { queryDefinitions: page.map(describe), ...(matching.length > page.length && last !== undefined && { nextToken: last.id }) };
  },
});
