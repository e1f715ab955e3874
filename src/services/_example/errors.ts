import { defineErrors } from "../../base/errors.ts";
import { MAX_QUERIES } from "./limits.ts";

/**
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html#API_PutQueryDefinition_Errors
 * gives the codes; the sentences are ours.
 */
export const errors = defineErrors({
  noSuchQuery: { code: "ResourceNotFoundException", status: 400, message: (id: string) => `The query definition ${id} does not exist.` },
  tooManyQueries: { code: "LimitExceededException", status: 400, message: () => `An account has at most ${MAX_QUERIES} query definitions in a Region.` },
  badToken: { code: "InvalidParameterException", status: 400, message: () => "The specified nextToken is invalid." },
  unsupported: { code: "NotImplemented", status: 501, message: (what: string) => `${what} is not supported by Sagebrush.` },
});
