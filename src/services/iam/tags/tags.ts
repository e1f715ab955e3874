import type { Tag } from "@aws-sdk/client-iam";
import type { AccessRequest } from "../../../wire/access.ts";
import { errors } from "../errors.ts";
import { TAGS_MAX } from "../limits.ts";

export const listTags = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.keys(tags).sort().map((Key) => ({ Key, Value: tags[Key] ?? "" }));

/** Adds tags; a key that differs in case only replaces the one there is. */
export function addTags(present: Readonly<Record<string, string>>, added: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  const seen = new Set<string>();
  let tags = { ...present };
  for (const { Key = "", Value = "" } of added ?? []) {
    if (seen.has(Key.toLowerCase())) throw errors.duplicateTagKeys();
    seen.add(Key.toLowerCase());
    tags = { ...removeTags(tags, [Key]), [Key]: Value };
  }
  if (Object.keys(tags).length > TAGS_MAX) throw errors.quotaExceeded("TagsPerResource", TAGS_MAX);
  return tags;
}

export function removeTags(present: Readonly<Record<string, string>>, keys: readonly string[] | undefined): Readonly<Record<string, string>> {
  const removed = new Set((keys ?? []).map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(present).filter(([key]) => !removed.has(key.toLowerCase())));
}

/** `aws:RequestTag/…` and `aws:TagKeys` of a request that brings tags. */
export function tagConditions(tags: readonly Tag[] | undefined): NonNullable<AccessRequest["conditions"]> {
  if (tags === undefined || tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [`aws:RequestTag/${Key}`, Value])),
    "aws:TagKeys": tags.map(({ Key = "" }) => Key),
  };
}
