import { uuid } from "../../../shared/ids.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { functionKey } from "../function/function.ts";
import { functionAccess } from "../function/access.ts";
import { requireFunction } from "../function/require.ts";
import { removeStatement } from "./policy.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export const removePermission = operation("RemovePermission", {
  authorize: ({ FunctionName, Qualifier }, context) => [functionAccess("lambda:RemovePermission", { name: FunctionName, qualifier: Qualifier }, context)],
  handle: (input, context) => {
    const { fn } = requireFunction(input.FunctionName, input.Qualifier, context);
    if (fn.policy.length === 0) throw errors.noPolicy();
    if (input.RevisionId !== undefined && input.RevisionId !== fn.policyRevisionId) throw errors.revisionMismatch("GetPolicy");
    const policy = removeStatement(fn.policy, input.StatementId ?? "");
    context.functions.put(functionKey(fn), { ...fn, policy, policyRevisionId: uuid(context.random) });
    return {};
  },
});
