import type { InstanceProfile } from "@aws-sdk/client-iam";
import { toDate } from "../../../base/instant.ts";
import type { AccessRequest } from "../../../wire/access.ts";
import { keyOf, type IamContext } from "../context.ts";
import { errors } from "../errors.ts";
import { findIdentity, iamArn } from "../identity.ts";
import type { InstanceProfileRecord } from "../records.ts";
import { summarizeRole } from "../roles/role.ts";
import { listTags } from "../tags/tags.ts";

/** Throws NoSuchEntity. */
export function requireInstanceProfile({ instanceProfiles, account }: IamContext, name: string | undefined): InstanceProfileRecord {
  const profile = instanceProfiles.get(keyOf(account, name ?? ""));
  if (profile === undefined) throw errors.noSuchInstanceProfile(name ?? "");
  return profile;
}

export const storeInstanceProfile = ({ instanceProfiles, account }: IamContext, profile: InstanceProfileRecord): void =>
  instanceProfiles.put(keyOf(account, profile.name), profile);

export function askInstanceProfile({ instanceProfiles, account }: IamContext, action: string, name: string | undefined): readonly AccessRequest[] {
  const profile = instanceProfiles.get(keyOf(account, name ?? ""));
  return [{ action: `iam:${action}`, resource: profile?.arn ?? iamArn(account, `instance-profile/${name ?? ""}`), resourceTags: profile?.tags ?? {} }];
}

export const describeInstanceProfile = (context: IamContext, profile: InstanceProfileRecord) => ({
  Path: profile.path, InstanceProfileName: profile.name, InstanceProfileId: profile.id, Arn: profile.arn, CreateDate: toDate(profile.created),
  Roles: profile.roles.map((name) => findIdentity(context, "role", name)).filter((role) => role !== undefined).map((role) => summarizeRole(context, role)),
  ...(Object.keys(profile.tags).length > 0 ? { Tags: listTags(profile.tags) } : {}),
}) satisfies InstanceProfile;
