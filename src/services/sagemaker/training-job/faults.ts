import { NoCapacity } from "../../../machines/types.ts";

const CAPACITY_ERROR = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.";

/** A failure that is the job's own, in the words its FailureReason shows. */
export class ClientFault extends Error {
  override readonly name = "ClientFault";
}

/** Why a job failed before or after its program ran, in AWS's words. What is no fault of the job's is thrown on. */
export function failureReason(error: unknown): string {
  if (error instanceof ClientFault) return error.message;
  if (error instanceof NoCapacity) return `${CAPACITY_ERROR} (${error.message})`;
  throw error;
}
