import type { InvokeEndpointCommandInput } from "@aws-sdk/client-sagemaker-runtime";
import { formatArn } from "../../../base/arn.ts";
import { operation, type RoutableEndpoint, type RoutableInstance } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_BODY_BYTES } from "../limits.ts";
import { chooseInstance } from "./choose-instance.ts";
import { AnswerTimeout, AnswerTooLarge, type ContainerAnswer, type Forward } from "./forward.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html */
export const invokeEndpoint = operation("InvokeEndpoint", {
  authorize: (input, { region, account }) => [{
    action: "sagemaker:InvokeEndpoint",
    resource: formatArn({ service: "sagemaker", region, account, resource: `endpoint/${(input.EndpointName ?? "").toLowerCase()}` }),
    ...(input.TargetModel !== undefined && { conditions: { "sagemaker:TargetModel": input.TargetModel } }),
  }],
  handle: async (input, context) => {
    const { account, region, random, signal } = context;
    const body = input.Body === undefined ? new Uint8Array() : bytesOf(input.Body);
    if (body.length > MAX_BODY_BYTES) throw errors.tooLarge(body.length);
    refuseUnsupported(input);
    const endpoint = context.directory.find({ account, region }, input.EndpointName ?? "");
    if (!endpoint) throw errors.notFound(input.EndpointName ?? "", account);
    if (input.TargetVariant !== undefined && input.TargetVariant !== endpoint.variant) throw errors.variantNotFound(input.TargetVariant, endpoint.name);
    if (endpoint.instances().length === 0) await endpoint.settled();
    const whose = { endpoint: endpoint.name, account, region };
    const answer = await ask({ endpoint, forward: context.forward, fraction: () => random.fraction(), whose }, { headers: headersFor(input), body, signal });
    if (answer.status < 200 || answer.status > 299) throw errors.model({ status: answer.status, text: answer.body.toString("utf8") }, whose);
    const custom = answer.headers["x-amzn-sagemaker-custom-attributes"];
    return {
      Body: answer.body as never,
      ContentType: String(answer.headers["content-type"] ?? "application/octet-stream"),
      InvokedProductionVariant: endpoint.variant,
      ...(typeof custom === "string" && { CustomAttributes: custom }),
    };
  },
});

type Whose = Parameters<typeof errors.timedOut>[0];

interface Asking {
  readonly endpoint: RoutableEndpoint;
  readonly forward: Forward;
  readonly fraction: () => number;
  readonly whose: Whose;
}

/**
 * Asks one instance. A connection that was refused or reset before any answer goes to another instance: what was never
 * answered is sent again, so a container can see a request twice (declared in the README).
 */
async function ask({ endpoint, forward, fraction, whose }: Asking, forwarded: Parameters<Forward>[1]): Promise<ContainerAnswer> {
  const tried = new Set<RoutableInstance>();
  let last: Error | undefined;
  for (;;) {
    const instance = chooseInstance(endpoint.instances().filter((each) => !tried.has(each)), endpoint.routing, fraction);
    if (!instance) throw last ? errors.brokenOff(last.message, whose) : errors.unavailable();
    tried.add(instance);
    instance.outstanding += 1;
    try {
      return await forward(instance, forwarded);
    } catch (error) {
      forwarded.signal.throwIfAborted();
      if (error instanceof AnswerTimeout) throw errors.timedOut(whose);
      if (error instanceof AnswerTooLarge) throw errors.responseTooLarge(whose);
      last = error as Error;
    } finally {
      instance.outstanding -= 1;
    }
  }
}

/** The SDK allows text as a body; calls between services use it. */
const bytesOf = (body: NonNullable<InvokeEndpointCommandInput["Body"]>): Uint8Array =>
  typeof body === "string" ? Buffer.from(body) : (body as Uint8Array);

/** What a container is told of the request. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
function headersFor(input: InvokeEndpointCommandInput): Record<string, string> {
  const headers: Record<string, string> = { "content-type": input.ContentType ?? "application/octet-stream" };
  if (input.Accept !== undefined) headers["accept"] = input.Accept;
  if (input.CustomAttributes !== undefined) headers["x-amzn-sagemaker-custom-attributes"] = input.CustomAttributes;
  if (input.InferenceId !== undefined) headers["x-amzn-sagemaker-inference-id"] = input.InferenceId;
  return headers;
}

function refuseUnsupported(input: InvokeEndpointCommandInput): void {
  if (input.TargetModel !== undefined) throw errors.unsupported("TargetModel", "multi-model endpoints");
  if (input.TargetContainerHostname !== undefined) throw errors.unsupported("TargetContainerHostname", "several containers");
  if (input.InferenceComponentName !== undefined) throw errors.unsupported("InferenceComponentName", "inference components");
  if (input.EnableExplanations !== undefined) throw errors.unsupported("EnableExplanations", "explanations");
  if (input.SessionId !== undefined) throw errors.unsupported("SessionId", "stateful sessions");
}
