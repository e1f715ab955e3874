import { uuid } from "../../../shared/ids.ts";
import { fetchPackage } from "../code/fetch.ts";
import { operation, type LambdaContext } from "../context.ts";
import { refuseIf } from "../validate.ts";
import { functionAccess } from "./access.ts";
import { describeFunction } from "./configuration.ts";
import { functionKey, transition, type FunctionRecord } from "./function.ts";
import { checkRevision, requireSettled } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html */
export const updateFunctionCode = operation("UpdateFunctionCode", {
  authorize: ({ FunctionName }, context) => [functionAccess("lambda:UpdateFunctionCode", { name: FunctionName }, context)],
  handle: async (input, context) => {
    const before = requireSettled(input.FunctionName, context);
    checkRevision(before, input.RevisionId);
    refuseIf(input.Publish === true || input.PublishTo !== undefined, "Publish: versions of a function", context);
    const { record: code } = await context.code.receive(await fetchPackage(input, context));
    try {
      // Read again: the package took its time, and nothing may change a function that is being changed.
      const fn = requireSettled(input.FunctionName, context);
      const next: FunctionRecord = {
        ...transition(fn, { kind: "update-begun", at: context.clock.now(), revisionId: uuid(context.random) }),
        code, previousCode: fn.code, architecture: input.Architectures?.[0] ?? fn.architecture,
      };
      if (input.DryRun === true) {
        await context.code.remove(code);
        return describeFunction({ ...next, update: "Successful" });
      }
      context.transaction(() => {
        context.functions.put(functionKey(fn), next);
        context.code.adopt(code);
      });
      context.background.run(`update ${fn.arn}`, () => finishUpdate(next, context));
      return describeFunction(next);
    } catch (error) {
      await context.code.remove(code);
      throw error;
    }
  },
});

/** Puts new code in place, lets it serve, and ends what still runs the old. Also after a crash. */
export async function finishUpdate(updating: FunctionRecord, { code, functions, runner, transaction }: Pick<LambdaContext, "code" | "functions" | "runner" | "transaction">): Promise<void> {
  await code.place(updating.code);
  const replaced = updating.previousCode?.blob === updating.code.blob ? undefined : updating.previousCode;
  const now = transaction(() => {
    if (replaced !== undefined) code.forget(replaced);
    return functions.update(functionKey(updating), (fn) => (fn.revisionId === updating.revisionId && fn.update === "InProgress" ? transition(fn, { kind: "update-done" }) : fn));
  });
  if (now?.revisionId === updating.revisionId) await runner.retire(updating.arn, now);
  if (replaced !== undefined) await code.remove(replaced);
}
