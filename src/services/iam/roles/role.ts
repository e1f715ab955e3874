import type { Role } from "@aws-sdk/client-iam";
import { toDate } from "../../../base/instant.ts";
import type { IamState } from "../context.ts";
import { encodeDocument } from "../documents.ts";
import type { RoleRecord } from "../records.ts";
import { listTags } from "../tags/tags.ts";
import { describeBoundary } from "../users/user.ts";
import { currentTrustPolicy } from "./trust.ts";

/** A role as lists give it: without tags, boundary and last use. */
export const summarizeRole = (state: IamState, role: RoleRecord) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: toDate(role.created),
  AssumeRolePolicyDocument: encodeDocument(currentTrustPolicy(state, role)),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSessionDuration,
}) satisfies Role;

export const describeRole = (state: IamState, role: RoleRecord) => ({
  ...summarizeRole(state, role),
  ...describeBoundary(role.boundary),
  ...(Object.keys(role.tags).length > 0 ? { Tags: listTags(role.tags) } : {}),
}) satisfies Role;
