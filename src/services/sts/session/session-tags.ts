import type { AssumeRoleRequest } from "@aws-sdk/client-sts";
import type { Principal } from "../../../wire/principal.ts";
import { errors } from "../errors.ts";
import { PACKED_TAGS_CHARACTERS } from "../limits.ts";

export interface SessionTags {
  readonly all: Readonly<Record<string, string>>;
  readonly requested: Readonly<Record<string, string>>;
  readonly transitive: readonly string[];
  readonly packedPercent: number;
}

/**
 * The tags a session gets: those passed, and those that the calling session hands on. Keys are compared without case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function sessionTags(input: AssumeRoleRequest, caller: Principal): SessionTags {
  const seen = new Set<string>();
  const requested = Object.fromEntries((input.Tags ?? []).map(({ Key = "", Value = "" }) => {
    if (seen.has(Key.toLowerCase())) throw errors.duplicateTagKeys();
    seen.add(Key.toLowerCase());
    return [Key, Value];
  }));
  const handedOn = caller.kind === "assumed-role" ? Object.entries(caller.tags).filter(([key]) => caller.transitiveTagKeys?.includes(key)) : [];
  const overridden = handedOn.find(([key]) => seen.has(key.toLowerCase()));
  if (overridden !== undefined) throw errors.inheritedTagOverridden(overridden[0]);
  const inherited = Object.fromEntries(handedOn);
  for (const key of input.TransitiveTagKeys ?? []) {
    if (!seen.has(key.toLowerCase())) throw errors.transitiveTagNotGiven();
  }
  const all = { ...inherited, ...requested };
  const characters = Object.entries(all).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return {
    all,
    requested,
    transitive: [...Object.keys(inherited), ...(input.TransitiveTagKeys ?? [])],
    packedPercent: Math.ceil((characters / PACKED_TAGS_CHARACTERS) * 100),
  };
}

/** What trust and identity policies may ask about the tags of the session to be. */
export function tagConditions({ requested, transitive }: SessionTags): Readonly<Record<string, string | readonly string[]>> {
  const keys = Object.keys(requested);
  if (keys.length === 0) return {};
  return {
    ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, requested[key] ?? ""])),
    "aws:TagKeys": keys,
    ...(transitive.length > 0 ? { "sts:TransitiveTagKeys": transitive } : {}),
  };
}
