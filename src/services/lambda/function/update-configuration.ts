import type { UpdateFunctionConfigurationCommandInput } from "@aws-sdk/client-lambda";
import { uuid } from "../../../shared/ids.ts";
import { operation } from "../context.ts";
import { checkEnvironment, refuseUnsupported, requireRuntime } from "../validate.ts";
import { functionAccess, passRole } from "./access.ts";
import { describeFunction } from "./configuration.ts";
import { functionKey, transition, type FunctionRecord } from "./function.ts";
import { checkRevision, requireSettled } from "./require.ts";
import { requireRole } from "./role.ts";
import { finishUpdate } from "./update-code.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html: what is not named stays as it is. */
export const updateFunctionConfiguration = operation("UpdateFunctionConfiguration", {
  authorize: ({ FunctionName, Role }, context) => [
    functionAccess("lambda:UpdateFunctionConfiguration", { name: FunctionName }, context),
    ...(Role === undefined ? [] : [passRole(Role)]),
  ],
  handle: async (input, context) => {
    const before = requireSettled(input.FunctionName, context);
    checkRevision(before, input.RevisionId);
    refuseUnsupported(input, context);
    checkEnvironment(input.Environment?.Variables ?? {});
    if (input.Runtime !== undefined) await requireRuntime(input.Runtime, context.interpreters);
    if (input.Role !== undefined && input.Role !== before.role) await requireRole(input.Role, before.arn, context);
    const fn = requireSettled(input.FunctionName, context);
    const next: FunctionRecord = { ...transition(fn, { kind: "update-begun", at: context.clock.now(), revisionId: uuid(context.random) }), ...changes(fn, input) };
    context.functions.put(functionKey(fn), next);
    context.background.run(`update ${fn.arn}`, () => finishUpdate(next, context));
    return describeFunction(next);
  },
});

const changes = (fn: FunctionRecord, input: UpdateFunctionConfigurationCommandInput): Partial<FunctionRecord> => ({
  runtime: input.Runtime ?? fn.runtime,
  handler: input.Handler ?? fn.handler,
  role: input.Role ?? fn.role,
  description: input.Description ?? fn.description,
  memoryMiB: input.MemorySize ?? fn.memoryMiB,
  timeoutSeconds: input.Timeout ?? fn.timeoutSeconds,
  ephemeralMiB: input.EphemeralStorage?.Size ?? fn.ephemeralMiB,
  environment: input.Environment === undefined ? fn.environment : (input.Environment.Variables ?? {}),
  logGroup: input.LoggingConfig?.LogGroup ?? fn.logGroup,
});
