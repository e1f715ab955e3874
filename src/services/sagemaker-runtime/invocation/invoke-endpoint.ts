import type { InvokeEndpointCommandInput } from "@aws-sdk/client-sagemaker-runtime";
import { formatArn } from "../../../base/arn.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_BODY_BYTES } from "../limits.ts";
import { ask } from "./ask.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html */
export const invokeEndpoint = operation("InvokeEndpoint", {
  authorize: (input, { region, account }) => [{
    action: "sagemaker:InvokeEndpoint",
    resource: formatArn({ service: "sagemaker", region, account, resource: `endpoint/${(input.EndpointName ?? "").toLowerCase()}` }),
    ...(input.TargetModel !== undefined && { conditions: { "sagemaker:TargetModel": input.TargetModel } }),
  }],
  handle: async (input, context) => {
    const { account, region, random, clock, signal, forward } = context;
    const body = input.Body === undefined ? new Uint8Array() : bytesOf(input.Body);
    if (body.length > MAX_BODY_BYTES) throw errors.tooLarge(body.length);
    refuseUnsupported(input);
    const endpoint = context.directory.find({ account, region }, input.EndpointName ?? "");
    if (!endpoint) throw errors.notFound(input.EndpointName ?? "", account);
    if (input.TargetVariant !== undefined && input.TargetVariant !== endpoint.variant) throw errors.variantNotFound(input.TargetVariant, endpoint.name);
    const whose = { endpoint: endpoint.name, account, region };
    const answer = await ask({ endpoint, forward, clock, fraction: () => random.fraction(), whose }, { headers: headersFor(input), body, signal });
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
