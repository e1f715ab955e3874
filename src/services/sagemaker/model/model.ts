import type { CreateModelInput } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";
import { arnOf, keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

/** A model is what was asked for; nothing runs until an endpoint does. */
export interface ModelRecord {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly request: CreateModelInput;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

/** The model of this name; throws AWS's "could not find". */
export function requireModel(state: Pick<SageMakerState, "models"> & Place, name: string): ModelRecord {
  const model = state.models.get(keyOf(state, name));
  if (!model) throw errors.modelNotFound(arnOf("model", state, name));
  return model;
}

/** The model's one container; `Containers` with one member means the same. */
export const primaryContainer = ({ request }: Pick<ModelRecord, "request">): NonNullable<CreateModelInput["PrimaryContainer"]> =>
  request.PrimaryContainer ?? request.Containers?.[0] ?? {};
