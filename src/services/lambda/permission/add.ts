import { uuid } from "../../../shared/ids.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { functionKey } from "../function/function.ts";
import { functionAccess } from "../function/access.ts";
import { requireFunction } from "../function/require.ts";
import { addStatement, statementOf } from "./policy.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export const addPermission = operation("AddPermission", {
  authorize: ({ FunctionName, Qualifier, Principal, FunctionUrlAuthType }, context) => [
    functionAccess("lambda:AddPermission", { name: FunctionName, qualifier: Qualifier }, context, {
      "lambda:Principal": Principal ?? "", ...(FunctionUrlAuthType === undefined ? {} : { "lambda:FunctionUrlAuthType": FunctionUrlAuthType }),
    }),
  ],
  handle: (input, context) => {
    const { fn, named } = requireFunction(input.FunctionName, input.Qualifier, context);
    if (input.RevisionId !== undefined && input.RevisionId !== fn.policyRevisionId) throw errors.revisionMismatch("GetPolicy");
    if (input.FunctionUrlAuthType !== undefined && input.Action !== "lambda:InvokeFunctionUrl") throw errors.invalid("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action");
    const statement = statementOf({
      sid: input.StatementId ?? "", action: input.Action ?? "", principal: input.Principal ?? "", resource: named.qualifiedArn,
      sourceArn: input.SourceArn, sourceAccount: input.SourceAccount, organization: input.PrincipalOrgID,
      eventSourceToken: input.EventSourceToken, urlAuthType: input.FunctionUrlAuthType, viaUrl: input.InvokedViaFunctionUrl,
    });
    const policy = addStatement(fn.policy, statement);
    context.functions.put(functionKey(fn), { ...fn, policy, policyRevisionId: uuid(context.random) });
    return { Statement: JSON.stringify(statement) };
  },
});
