import { ServiceError } from "../base/errors.ts";
import { validateInput } from "./constraints/index.ts";
import { requiredMembers } from "./struct.ts";
import type { LoadedService } from "./registry.ts";

/** Refuses input that the service's model does not allow, in AWS's wording, before any handler runs. */
export function validateOperation(service: LoadedService, operation: string, input: unknown): void {
  if (service.constraints.input(operation)) return validateInput(service.constraints, operation, input);
  // Operations newer than the constraints: the SDK's schema knows at least what must be given.
  const schema = service.model.operations.get(operation)?.input;
  if (!schema?.isStructSchema()) return;
  const given = input as Readonly<Record<string, unknown>>;
  const missing = requiredMembers(schema).filter((name) => given[name] === undefined);
  if (missing.length > 0) throw new ServiceError("ValidationException", 400, `Missing required parameter: ${missing.join(", ")}`);
}
