import type { User } from "@aws-sdk/client-iam";
import { toDate } from "../../../base/instant.ts";
import type { IamContext } from "../context.ts";
import { errors } from "../errors.ts";
import type { UserRecord } from "../records.ts";
import { listTags } from "../tags/tags.ts";

/** The name given, or the caller's own when a user calls for itself. */
export function userNameOf(input: { readonly UserName?: string | undefined }, { principal }: IamContext): string {
  if (input.UserName !== undefined) return input.UserName;
  if (principal.kind !== "user") throw errors.needsUserName();
  return principal.userName;
}

/** AWS says `Policy` (API_AttachedPermissionsBoundary), though its model lists another word only. */
const BOUNDARY_TYPE = "Policy" as string as "PermissionsBoundaryPolicy";

export const describeBoundary = (boundary: string | undefined) =>
  boundary === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: BOUNDARY_TYPE, PermissionsBoundaryArn: boundary } };

/** A user as lists give it: without tags and boundary. */
export const summarizeUser = (user: UserRecord) =>
  ({ Path: user.path, UserName: user.name, UserId: user.id, Arn: user.arn, CreateDate: toDate(user.created) }) satisfies User;

export const describeUser = (user: UserRecord) => ({
  ...summarizeUser(user),
  ...describeBoundary(user.boundary),
  ...(Object.keys(user.tags).length > 0 ? { Tags: listTags(user.tags) } : {}),
}) satisfies User;
