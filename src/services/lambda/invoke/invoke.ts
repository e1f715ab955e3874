import { operation, type LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";
import { functionAccess } from "../function/access.ts";
import { functionKey } from "../function/function.ts";
import { requireFunction } from "../function/require.ts";
import { checkPayload, readClientContext } from "./payload.ts";
import { traceIdOf } from "./trace.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const invoke = operation("Invoke", {
  authorize: ({ FunctionName, Qualifier }, context) => [functionAccess("lambda:InvokeFunction", { name: FunctionName, qualifier: Qualifier }, context)],
  handle: async (input, context) => {
    const type = input.InvocationType ?? "RequestResponse";
    const { fn, named } = requireFunction(input.FunctionName, input.Qualifier, context);
    if (input.DurableExecutionName !== undefined) throw errors.notSupported("DurableExecutionName");
    if (input.TenantId !== undefined) throw errors.notSupported("TenantId");
    const payload = checkPayload(input.Payload as Uint8Array | undefined, type);
    if (type === "DryRun") return { StatusCode: 204 };
    if (fn.state !== "Active") throw errors.notActive(fn.state);
    const invocation = {
      requestId: context.requestId, invokedArn: named.qualifiedArn, clientContext: readClientContext(input.ClientContext),
      traceId: traceIdOf(context.http?.headers["x-amzn-trace-id"], context.random, context.clock.now()),
    };
    if (type === "Event") {
      accept({ ...invocation, functionKey: functionKey(fn) }, payload, context);
      return { StatusCode: 202 };
    }
    const result = await context.runner.run(fn, { ...invocation, payload });
    return {
      StatusCode: 200,
      ExecutedVersion: "$LATEST",
      Payload: result.payload as never,
      ...(result.functionError === undefined ? {} : { FunctionError: result.functionError }),
      ...(input.LogType === "Tail" ? { LogResult: Buffer.from(result.logTail).toString("base64") } : {}),
    };
  },
});

interface AcceptedEvent {
  readonly requestId: string;
  readonly functionKey: string;
  readonly invokedArn: string;
  readonly traceId: string;
  readonly clientContext: string | undefined;
}

function accept(event: AcceptedEvent, payload: Uint8Array, { events, clock }: LambdaContext): void {
  const now = clock.service();
  events.accept({ ...event, payload: Buffer.from(payload).toString("base64"), acceptedAt: now, due: now, failures: 0, throttles: 0 });
}
