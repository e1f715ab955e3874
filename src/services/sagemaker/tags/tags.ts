import type { Tag } from "@aws-sdk/client-sagemaker";
import type { Collection } from "../../../store/index.ts";
import { errors } from "../errors.ts";

const MAX_TAGS = 50; // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html

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
      if (Object.keys(next).length > MAX_TAGS) throw errors.invalid(`The number of tags on ${arn} would exceed the limit of ${MAX_TAGS}.`);
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

const tagRecord = (tags: readonly Tag[]): Tags => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The condition keys that a request with tags supplies to IAM. */
export const tagConditions = (tags: readonly Tag[] | undefined): Readonly<Record<string, string | readonly string[]>> =>
  tags === undefined || tags.length === 0 ? {} : {
    ...Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [`aws:RequestTag/${Key}`, Value])),
    "aws:TagKeys": tags.map(({ Key = "" }) => Key),
  };
