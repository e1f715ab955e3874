import { NormalizedSchema } from "@smithy/core/schema";
import type { ServiceId } from "./service.ts";

/** An operation as the official SDK's own schema describes it. */
export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** The raw references, for building derived operations. */
  readonly outputRef: unknown;
  readonly http: { readonly method: string; readonly uri: string; readonly status: number } | undefined;
}

/** A modelled error: its HTTP status and, for query services, the code on the wire. */
export interface ErrorModel {
  readonly name: string;
  readonly schema: NormalizedSchema;
  readonly status: number;
  readonly queryCode: string | undefined;
}

export interface ServiceModel {
  readonly id: ServiceId;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

const OPERATION_SCHEMA = 9;
const ERROR_SCHEMA = -3;

type Traits = Readonly<Record<string, unknown>> | 0;

/** Reads every operation and error from an SDK module's exports: nothing about them is written down here. */
export function readModel(id: ServiceId, sdk: object): ServiceModel {
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  for (const [name, value] of Object.entries(sdk)) {
    if (!name.endsWith("$") || !Array.isArray(value)) continue;
    if (value[0] === OPERATION_SCHEMA) addOperation(operations, value);
    else if (value[0] === ERROR_SCHEMA) addError(errors, value);
  }
  return { id, operations, errors };
}

function addOperation(operations: Map<string, OperationModel>, schema: readonly unknown[]): void {
  const [, , name, traits, input, output] = schema as [number, string, string, Traits, never, never];
  const http = traits === 0 ? undefined : (traits["http"] as [string, string, number] | undefined);
  operations.set(name, {
    name,
    input: NormalizedSchema.of(input),
    output: NormalizedSchema.of(output),
    outputRef: output,
    http: http && { method: http[0], uri: http[1], status: http[2] },
  });
}

function addError(errors: Map<string, ErrorModel>, schema: readonly unknown[]): void {
  const [, , name, traits] = schema as [number, string, string, Traits];
  const known = traits === 0 ? {} : traits;
  const query = known["awsQueryError"] as [string, number] | undefined;
  const status = (known["httpError"] as number | undefined) ?? query?.[1] ?? (known["error"] === "server" ? 500 : 400);
  const model = { name, schema: NormalizedSchema.of(schema as never), status, queryCode: query?.[0] };
  errors.set(name, model);
  if (query) errors.set(query[0], model);
}
