import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { functionAccess } from "../function/access.ts";
import { requireFunction } from "../function/require.ts";
import { policyDocument } from "./policy.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
export const getPolicy = operation("GetPolicy", {
  authorize: ({ FunctionName, Qualifier }, context) => [functionAccess("lambda:GetPolicy", { name: FunctionName, qualifier: Qualifier }, context)],
  handle: ({ FunctionName, Qualifier }, context) => {
    const { fn } = requireFunction(FunctionName, Qualifier, context);
    const document = policyDocument(fn.policy);
    if (document === undefined) throw errors.resourceNotFound();
    return { Policy: document, RevisionId: fn.policyRevisionId };
  },
});
