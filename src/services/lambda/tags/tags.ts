import { operation, type LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";
import { functionAccess, requestTags } from "../function/access.ts";
import { functionKey, type FunctionRecord } from "../function/function.ts";
import { requireFunction } from "../function/require.ts";
import { checkTags } from "../validate.ts";

/** The function behind a tagged ARN. Event source mappings and code signing configurations have tags too, and do not exist here. */
function requireTagged(arn: string | undefined, context: LambdaContext): FunctionRecord {
  const { fn, named } = requireFunction(arn, undefined, context);
  if (named.qualifier !== undefined) throw errors.invalid("Tags on function aliases and versions are not supported. Please specify either a function name or an unqualified function ARN.");
  return fn;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export const tagResource = operation("TagResource", {
  authorize: ({ Resource, Tags }, context) => [functionAccess("lambda:TagResource", { name: Resource }, context, requestTags(Tags))],
  handle: ({ Resource, Tags }, context) => {
    const fn = requireTagged(Resource, context);
    const tags = { ...fn.tags, ...Tags };
    checkTags(tags);
    context.functions.put(functionKey(fn), { ...fn, tags });
    return {};
  },
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export const untagResource = operation("UntagResource", {
  authorize: ({ Resource, TagKeys }, context) => [functionAccess("lambda:UntagResource", { name: Resource }, context, { "aws:TagKeys": TagKeys ?? [] })],
  handle: ({ Resource, TagKeys }, context) => {
    const fn = requireTagged(Resource, context);
    const tags = Object.fromEntries(Object.entries(fn.tags).filter(([key]) => !TagKeys?.includes(key)));
    context.functions.put(functionKey(fn), { ...fn, tags });
    return {};
  },
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export const listTags = operation("ListTags", {
  authorize: ({ Resource }, context) => [functionAccess("lambda:ListTags", { name: Resource }, context)],
  handle: ({ Resource }, context) => ({ Tags: { ...requireTagged(Resource, context).tags } }),
});
