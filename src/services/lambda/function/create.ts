import { uuid } from "../../../shared/ids.ts";
import { fetchPackage } from "../code/fetch.ts";
import { operation, type LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";
import { DEFAULT_EPHEMERAL_MIB, DEFAULT_MEMORY_MIB, DEFAULT_TIMEOUT_SECONDS, TOTAL_CODE_BYTES } from "../limits.ts";
import { checkEnvironment, checkTags, refuseIf, refuseUnsupported, requireRuntime } from "../validate.ts";
import { functionAccess, passRole, requestTags } from "./access.ts";
import { describeFunction } from "./configuration.ts";
import { functionKey, transition, type FunctionRecord } from "./function.ts";
import { parseFunctionName } from "./name.ts";
import { requireRole } from "./role.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export const createFunction = operation("CreateFunction", {
  authorize: ({ FunctionName, Role, Tags }, context) => [
    functionAccess("lambda:CreateFunction", { name: FunctionName }, context, requestTags(Tags)),
    passRole(Role ?? ""),
  ],
  handle: async (input, context) => {
    const named = parseFunctionName(input.FunctionName, context);
    if (named.qualifier !== undefined && named.qualifier !== "$LATEST") throw errors.invalid("The derived qualifier from the function name does not match the specified qualifier.");
    if (input.PackageType === "Image") throw errors.notSupported("PackageType Image: a function from a container image");
    if (input.Runtime === undefined || input.Handler === undefined) throw errors.invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
    refuseIf(input.Publish === true || input.PublishTo !== undefined, "Publish: versions of a function", context);
    refuseIf((input.CodeSigningConfigArn ?? "") !== "", "CodeSigningConfigArn", context);
    refuseIf(input.TenancyConfig !== undefined, "TenancyConfig", context);
    refuseUnsupported(input, context);
    const environment = input.Environment?.Variables ?? {};
    checkEnvironment(environment);
    checkTags(input.Tags ?? {});
    await requireRuntime(input.Runtime, context.interpreters);
    const key = functionKey(named);
    if (context.functions.has(key)) throw errors.functionExists(named.name);
    await requireRole(input.Role ?? "", named.arn, context);
    const { record: code } = await context.code.receive(await fetchPackage(input.Code ?? {}, context));
    const fn: FunctionRecord = {
      account: named.account, region: named.region, name: named.name, arn: named.arn,
      runtime: input.Runtime, handler: input.Handler, role: input.Role ?? "", description: input.Description ?? "",
      memoryMiB: input.MemorySize ?? DEFAULT_MEMORY_MIB, timeoutSeconds: input.Timeout ?? DEFAULT_TIMEOUT_SECONDS,
      ephemeralMiB: input.EphemeralStorage?.Size ?? DEFAULT_EPHEMERAL_MIB, environment,
      architecture: input.Architectures?.[0] ?? "x86_64", logGroup: input.LoggingConfig?.LogGroup ?? `/aws/lambda/${named.name}`,
      code, state: "Pending", update: "Successful", lastModified: context.clock.now(), revisionId: uuid(context.random),
      tags: input.Tags ?? {}, policy: [], policyRevisionId: uuid(context.random),
    };
    await keep(fn, context);
    context.background.run(`create ${fn.arn}`, () => activate(fn, context));
    return describeFunction(fn);
  },
});

/** Somebody else may have taken the name, or the account's room, while the package was read. */
async function keep(fn: FunctionRecord, { functions, code, transaction }: LambdaContext): Promise<void> {
  const used = functions.values({ prefix: `${fn.account}/${fn.region}/` }).reduce((sum, each) => sum + each.code.bytes, 0);
  const insert = (): boolean => transaction(() => {
    const isNew = functions.insert(functionKey(fn), fn);
    if (isNew) code.adopt(fn.code);
    return isNew;
  });
  const refusal = used + fn.code.bytes > TOTAL_CODE_BYTES ? errors.codeStorageExceeded() : insert() ? undefined : errors.functionExists(fn.name);
  if (refusal === undefined) return;
  await code.remove(fn.code);
  throw refusal;
}

/** Puts a new function's code in place; from then on it can be invoked. Also after a crash. */
export async function activate(fn: FunctionRecord, { code, functions }: Pick<LambdaContext, "code" | "functions">): Promise<void> {
  await code.place(fn.code);
  // The function may be another one by now, deleted and created again.
  functions.update(functionKey(fn), (now) => (now.code.blob === fn.code.blob && now.state === "Pending" ? transition(now, { kind: "code-placed" }) : now));
}
