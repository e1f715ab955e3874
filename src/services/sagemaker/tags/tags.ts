import type { Tag } from "@aws-sdk/client-sagemaker";
import type { Collection } from "../../../store/index.ts";
import { errors } from "../errors.ts";

const MAX_TAGS = 50; // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html
/** Keys that AWS keeps for itself: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
const RESERVED = "aws:";

export type Tags = Readonly<Record<string, string>>;

/** Tags by resource ARN. They go when the resource does. */
export interface TagStore {
  get(arn: string): Tags;
  add(arn: string, tags: readonly Tag[]): Tags;
  remove(arn: string, keys: readonly string[]): void;
  forget(arn: string): void;
}

export function createTagStore(collection: Collection<Tags>): TagStore {
  const get = (arn: string): Tags => collection.get(arn) ?? {};
  return {
    get,
    add(arn, tags) {
      const next = { ...get(arn), ...tagRecord(tags) };
      if (Object.keys(next).length > MAX_TAGS) throw errors.tooManyTags(arn, MAX_TAGS);
      if (tags.length > 0) collection.put(arn, next);
      return next;
    },
    remove(arn, keys) {
      const kept = Object.entries(get(arn)).filter(([key]) => !keys.includes(key));
      collection.put(arn, Object.fromEntries(kept));
    },
    forget: (arn) => void collection.delete(arn),
  };
}

/** Refuses tags that cannot be, before anything is stored. */
export function checkTags(tags: readonly Tag[] | undefined = []): void {
  const keys = tags.map(({ Key = "" }) => Key);
  const reserved = keys.find((key) => key.toLowerCase().startsWith(RESERVED));
  if (reserved !== undefined) throw errors.reservedTag(reserved);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw errors.duplicateTag(twice);
}

const tagRecord = (tags: readonly Tag[]): Tags => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
