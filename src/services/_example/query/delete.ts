import { operation } from "../context.ts";
import { keyOf, requireQuery } from "./query.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteQueryDefinition.html */
export const deleteQueryDefinition = operation("DeleteQueryDefinition", {
  authorize: () => [{ action: "logs:DeleteQueryDefinition", resource: "*" }],
  handle: ({ queryDefinitionId = "" }, context) => {
    const { id } = requireQuery(context, queryDefinitionId);
    return { success: context.queries.delete(keyOf(context, id)) };
  },
});
