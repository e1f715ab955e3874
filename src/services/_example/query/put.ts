import { uuid } from "../../../shared/ids.ts";
import { operation, type ExampleContext } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_QUERIES } from "../limits.ts";
import { changed, keyOf, prefixOf, requireQuery, type QueryContent } from "./query.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html */
export const putQueryDefinition = operation("PutQueryDefinition", {
  // No resource types: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
  authorize: () => [{ action: "logs:PutQueryDefinition", resource: "*" }],
  handle: ({ queryDefinitionId, name = "", queryString = "", logGroupNames = [], queryLanguage, parameters, clientToken }, context) => {
    if (queryLanguage !== undefined && queryLanguage !== "CWLI") throw errors.unsupported(`queryLanguage ${queryLanguage}`);
    if (parameters !== undefined && parameters.length > 0) throw errors.unsupported("parameters");
    const content: QueryContent = { name, text: queryString, logGroups: logGroupNames };
    if (queryDefinitionId === undefined) return { queryDefinitionId: create(context, content, clientToken) };
    const query = requireQuery(context, queryDefinitionId);
    context.queries.put(keyOf(context, query.id), changed(query, content, context.clock.now()));
    return { queryDefinitionId };
  },
});

function create(context: ExampleContext, content: QueryContent, token: string | undefined): string {
  const present = context.queries.values({ prefix: prefixOf(context) });
  const made = token === undefined ? undefined : present.find((query) => query.token === token);
  if (made !== undefined) return made.id;
  if (present.length >= MAX_QUERIES) throw errors.tooManyQueries();
  const id = uuid(context.random);
  context.queries.put(keyOf(context, id), { ...content, id, token, modified: context.clock.now() });
  return id;
}
