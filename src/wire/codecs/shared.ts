import { ServiceError } from "../../base/errors.ts";
import type { ErrorModel } from "../model.ts";

/** A message that cannot be read at all, before validation. */
export const serializationError = (message: string): ServiceError => new ServiceError("SerializationException", 400, message);

/** The modelled members of an error that were given, without the message. Unmodelled members never reach the wire. */
export function memberValues(model: ErrorModel | undefined, error: ServiceError): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  if (!model) return values;
  for (const [name, value] of Object.entries(error.members)) {
    if (model.schema.getMemberSchemas()[name] !== undefined) values[name] = value;
  }
  return values;
}
