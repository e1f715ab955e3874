import type { AccessRequest } from "../../../wire/access.ts";
import type { IamContext } from "../context.ts";
import { errors } from "../errors.ts";
import { findPolicy } from "../policies/policy.ts";

/** A managed policy as a boundary. Throws NoSuchEntity when nobody has the ARN. */
export function requireBoundary(context: IamContext, arn: string | undefined): { readonly boundary?: string } {
  if (arn === undefined) return {};
  if (findPolicy(context, arn) === undefined) throw errors.noSuchBoundary(arn);
  return { boundary: arn };
}

export const boundaryConditions = (arn: string | undefined): NonNullable<AccessRequest["conditions"]> =>
  arn === undefined ? {} : { "iam:PermissionsBoundary": arn };
