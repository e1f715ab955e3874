import { parseArn } from "../../../base/arn.ts";
import { keyOf } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

/** The ARN of a resource that exists; throws AWS's "not found" otherwise. */
export function requireResource(state: Pick<SageMakerState, "trainingJobs" | "models" | "endpointConfigs" | "endpoints">, arn: string | undefined): string {
  const parsed = parseArn(arn ?? "");
  const [kind, name] = parsed?.resource.split("/") ?? [];
  if (!parsed || !arn || kind === undefined || name === undefined) throw errors.invalid(`Invalid ARN: ${arn ?? ""}`);
  const collections = { "training-job": state.trainingJobs, model: state.models, "endpoint-config": state.endpointConfigs, endpoint: state.endpoints };
  const collection = Object.hasOwn(collections, kind) ? collections[kind as keyof typeof collections] : undefined;
  if (!collection?.has(keyOf(parsed, name))) throw errors.notFound();
  return arn;
}
