import { createHash } from "node:crypto";
import type { Clients } from "../../sdk/clients.ts";
import type { Value } from "../template/template.ts";

/** Properties with every Ref, GetAtt and Sub replaced by what it means. */
export type Properties = Readonly<Record<string, Value>>;

/** What `Ref` (under that name) and `Fn::GetAtt` give of a resource. */
export type Attributes = Readonly<Record<string, string>> & { readonly Ref: string };

export interface Found {
  readonly attributes: Attributes;
  /** Whether it is as the properties ask. */
  readonly current: boolean;
  /** Whether `up` made it. What somebody else made under the same name is neither changed nor removed. */
  readonly ours: boolean;
}

/** How one type of resource is found, made, changed and removed through the AWS API. */
export interface ResourceKind {
  find(clients: Clients, properties: Properties): Promise<Found | undefined>;
  /** Resolves when the resource can be used. */
  create(clients: Clients, properties: Properties): Promise<Attributes>;
  /** Resolves when the change has taken effect. Absent where a change means another name. */
  update?(clients: Clients, properties: Properties): Promise<Attributes>;
  /** Removes it; nothing when it is not there. */
  remove(clients: Clients, properties: Properties): Promise<void>;
}

/** The tag that everything made here carries from its making on. */
export const MADE_TAG = "sagebrush:made-by";
export const MADE_BY = "up";
/** As SDK calls take it. */
export const madeTags = (): { Key: string; Value: string }[] => [{ Key: MADE_TAG, Value: MADE_BY }];
export const isOurs = (tags: readonly { readonly Key?: string | undefined }[] | undefined): boolean => (tags ?? []).some(({ Key }) => Key === MADE_TAG);

/** The tag that tells whether a resource is as its template says, without comparing property by property. */
export const HASH_TAG = "sagebrush:properties";

export const propertiesHash = (properties: Properties): string => createHash("sha256").update(JSON.stringify(properties)).digest("hex").slice(0, 32);

export const text = (properties: Properties, name: string): string => {
  const value = properties[name];
  if (typeof value !== "string") throw new Error(`the property ${name} is no text`);
  return value;
};

/** Runs a call whose "not found" is an answer. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isMissing(error as Error)) return undefined;
    throw error;
  }
}

const MISSING: readonly string[] = ["NotFound", "NoSuchBucket", "NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException"];
/** SageMaker says so in a ValidationException's text. */
const isMissing = ({ name, message }: Error): boolean => MISSING.includes(name) || (name === "ValidationException" && /^Could not find|not found/i.test(message));
