import type { Tag } from "@aws-sdk/client-sagemaker";
import type { AccessRequest } from "../../wire/access.ts";
import { arnOf, type Place, type ResourceKind } from "./arns.ts";
import type { SageMakerState } from "./context.ts";

/** What a question needs of a request's context. The action has the operation's own name. */
type Asker = Place & { readonly operation: string } & Pick<SageMakerState, "tags">;

type Conditions = NonNullable<AccessRequest["conditions"]>;

/** The question about one existing resource, with its tags. */
export function aboutResource(context: Asker, kind: ResourceKind, name: string | undefined): AccessRequest {
  const resource = arnOf(kind, context, name ?? "");
  return { action: `sagemaker:${context.operation}`, resource, resourceTags: context.tags.get(resource) };
}

/** The question of a List operation, which has no resource type. */
export const aboutAll = (context: Pick<Asker, "operation">): readonly AccessRequest[] => [{ action: `sagemaker:${context.operation}`, resource: "*" }];

export interface Creation {
  readonly name: string | undefined;
  readonly tags: readonly Tag[] | undefined;
  readonly conditions?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The questions about a resource to be made. Tags at creation ask for AddTags as well, as on AWS:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html (sagemaker:TaggingAction).
 */
export function aboutCreation(context: Asker, kind: ResourceKind, { name, tags, conditions = {} }: Creation): readonly AccessRequest[] {
  const resource = arnOf(kind, context, name ?? "");
  const tagging = tagConditions(tags);
  const create: AccessRequest = { action: `sagemaker:${context.operation}`, resource, conditions: { ...tagging, ...given(conditions) } };
  if ((tags?.length ?? 0) === 0) return [create];
  return [create, { action: "sagemaker:AddTags", resource, conditions: { ...tagging, "sagemaker:TaggingAction": context.operation } }];
}

/** The condition keys that a request with tags supplies to IAM. */
export const tagConditions = (tags: readonly Tag[] | undefined): Conditions =>
  tags === undefined || tags.length === 0 ? {} : {
    ...Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [`aws:RequestTag/${Key}`, Value])),
    "aws:TagKeys": tags.map(({ Key = "" }) => Key),
  };

/** A key that the request does not speak of is absent for IAM, not empty. */
const given = (conditions: NonNullable<Creation["conditions"]>): Conditions =>
  Object.fromEntries(Object.entries(conditions).flatMap(([key, value]) => (value === undefined || value.length === 0 ? [] : [[key, value] as const])));
