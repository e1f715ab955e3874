import { parseArn } from "../../../base/arn.ts";
import type { AccessRequest } from "../../../wire/access.ts";
import { arnOf, keyOf, type Place, type ResourceKind } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

type Resources = Place & Pick<SageMakerState, "trainingJobs" | "tuningJobs" | "models" | "endpointConfigs" | "endpoints" | "notebooks" | "notebookLifecycles">;

const COLLECTIONS: Readonly<Record<ResourceKind, keyof Omit<Resources, keyof Place>>> = {
  "training-job": "trainingJobs", "hyper-parameter-tuning-job": "tuningJobs", model: "models", "endpoint-config": "endpointConfigs", endpoint: "endpoints",
  "notebook-instance": "notebooks", "notebook-instance-lifecycle-config": "notebookLifecycles",
};

/** The ARN, in its own writing, of a resource of this account and region that exists; throws AWS's "not found" otherwise. */
export function requireResource(context: Resources, arn: string | undefined): string {
  const { kind, name, place } = partsOf(arn);
  if (!isKind(kind) || place.account !== context.account || place.region !== context.region) throw errors.notFound();
  if (!context[COLLECTIONS[kind]].has(keyOf(place, name))) throw errors.notFound();
  return arnOf(kind, place, name);
}

/** The question whether the tags of the resource with this ARN may be read or changed. */
export function aboutTags(context: { readonly operation: string } & Pick<SageMakerState, "tags">, arn: string | undefined, conditions: NonNullable<AccessRequest["conditions"]> = {}): readonly AccessRequest[] {
  const { kind, name, place } = partsOf(arn);
  const resource = isKind(kind) ? arnOf(kind, place, name) : arn ?? "";
  return [{ action: `sagemaker:${context.operation}`, resource, conditions, resourceTags: context.tags.get(resource) }];
}

function partsOf(arn: string | undefined): { readonly kind: string; readonly name: string; readonly place: Place } {
  const parsed = parseArn(arn ?? "");
  const [kind, name] = parsed?.resource.split("/") ?? [];
  if (parsed?.service !== "sagemaker" || kind === undefined || name === undefined) throw errors.invalidArn(arn ?? "");
  return { kind, name, place: parsed };
}

const isKind = (kind: string): kind is ResourceKind => Object.hasOwn(COLLECTIONS, kind);
