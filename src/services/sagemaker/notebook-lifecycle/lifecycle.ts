import type { NotebookInstanceLifecycleHook } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";
import { keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

/** A lifecycle configuration: its scripts, in base64 as they came. */
export interface LifecycleRecord {
  readonly name: string;
  readonly arn: string;
  readonly onCreate?: string;
  readonly onStart?: string;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

/** The configuration of this name; throws AWS's "RecordNotFound". */
export function requireLifecycle(state: Pick<SageMakerState, "notebookLifecycles"> & Place, name: string | undefined): LifecycleRecord {
  const found = state.notebookLifecycles.get(keyOf(state, name ?? ""));
  if (!found) throw errors.recordNotFound();
  return found;
}

type Hooks = readonly NotebookInstanceLifecycleHook[] | undefined;

/** One script for each hook: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_NotebookInstanceLifecycleHook.html */
export function scriptsOf({ OnCreate, OnStart }: { readonly OnCreate?: Hooks; readonly OnStart?: Hooks }): Pick<LifecycleRecord, "onCreate" | "onStart"> {
  const [onCreate, onStart] = [OnCreate?.[0]?.Content, OnStart?.[0]?.Content];
  for (const content of [onCreate, onStart]) {
    if (content !== undefined && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(content.replaceAll(/\s/g, ""))) throw errors.invalid("The script of a lifecycle configuration must be base64 encoded.");
  }
  return { ...(onCreate !== undefined && { onCreate }), ...(onStart !== undefined && { onStart }) };
}
