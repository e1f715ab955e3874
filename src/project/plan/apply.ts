import type { Clients } from "../../sdk/clients.ts";
import type { ProjectPlace } from "../names.ts";
import type { Resource, ResourceType, Template } from "../template/template.ts";
import { bucket } from "./bucket.ts";
import { functionUrl, lambdaFunction, permission } from "./function.ts";
import { orderOf, resolveProperties } from "./references.ts";
import type { Attributes, Properties, ResourceKind } from "./resource-kind.ts";
import { role } from "./role.ts";
import { endpoint, endpointConfig, model } from "./serving.ts";

const KINDS: Readonly<Record<ResourceType, ResourceKind>> = {
  "AWS::S3::Bucket": bucket,
  "AWS::IAM::Role": role,
  "AWS::SageMaker::Model": model,
  "AWS::SageMaker::EndpointConfig": endpointConfig,
  "AWS::SageMaker::Endpoint": endpoint,
  "AWS::Lambda::Function": lambdaFunction,
  "AWS::Lambda::Url": functionUrl,
  "AWS::Lambda::Permission": permission,
};

export type Change = "created" | "updated" | "unchanged";

/** What applying a template did and gives. */
export interface Applied {
  readonly outputs: Readonly<Record<string, string>>;
  readonly changes: Readonly<Record<string, Change>>;
}

export interface ApplyOptions {
  readonly clients: Clients;
  readonly place: ProjectPlace;
  readonly onProgress?: (logicalId: string, doing: "creating" | "updating" | Change) => void;
}

/**
 * Brings what a template describes into being, resource by resource in the order of their references. When one cannot be
 * made, those that this call made are removed again. Everything is found by its name, so it can be called at any time.
 */
export async function applyTemplate(template: Template, { clients, place, onProgress }: ApplyOptions): Promise<Applied> {
  const known: Record<string, Attributes> = {};
  const changes: Record<string, Change> = {};
  const made: { readonly kind: ResourceKind; readonly properties: Properties }[] = [];
  try {
    for (const logicalId of orderOf(template)) {
      const resource = requireResource(template, logicalId);
      const kind = KINDS[resource.Type];
      const properties = resolveProperties(resource.Properties, known, place);
      const found = await kind.find(clients, properties);
      if (found && !found.ours) throw new Error(`${found.attributes.Ref} (${resource.Type}) is there and was not made by "sagebrush up": it is left as it is. Give the project another name, or remove it yourself.`);
      if (found?.current) known[logicalId] = found.attributes;
      else if (found) {
        if (!kind.update) throw new Error(`${resource.Type} cannot be changed in place`);
        onProgress?.(logicalId, "updating");
        known[logicalId] = await kind.update(clients, properties);
      } else {
        onProgress?.(logicalId, "creating");
        made.push({ kind, properties });
        known[logicalId] = await kind.create(clients, properties);
      }
      const change = !found ? "created" : found.current ? "unchanged" : "updated";
      changes[logicalId] = change;
      onProgress?.(logicalId, change);
    }
  } catch (error) {
    const left = await rollBack(clients, made);
    throw new Error(`${(error as Error).message}${left}`, { cause: error });
  }
  const outputs = resolveProperties(Object.fromEntries(Object.entries(template.Outputs).map(([name, { Value }]) => [name, Value])), known, place);
  return { outputs: outputs as Record<string, string>, changes };
}

/** Removes what was made, last first. Gives a sentence about what could not be removed. */
async function rollBack(clients: Clients, made: readonly { readonly kind: ResourceKind; readonly properties: Properties }[]): Promise<string> {
  const failures: string[] = [];
  for (const { kind, properties } of made.toReversed()) {
    await kind.remove(clients, properties).catch((error: unknown) => failures.push((error as Error).message));
  }
  return failures.length === 0 ? "" : `\nNot everything could be taken back: ${failures.join("; ")}`;
}

/** Removes everything that a template describes, in the reverse of its order. Names alone decide, as in `applyTemplate`. */
export async function removeTemplate(template: Template, { clients, place, onProgress }: Omit<ApplyOptions, "onProgress"> & { readonly onProgress?: (logicalId: string) => void }): Promise<void> {
  const known: Record<string, Attributes> = {};
  const present: { readonly logicalId: string; readonly kind: ResourceKind; readonly properties: Properties }[] = [];
  for (const logicalId of orderOf(template)) {
    const resource = requireResource(template, logicalId);
    const kind = KINDS[resource.Type];
    let properties: Properties;
    try {
      properties = resolveProperties(resource.Properties, known, place);
    } catch {
      continue; // it refers to something that is not there, so it cannot be there either
    }
    const found = await kind.find(clients, properties);
    if (!found) continue;
    known[logicalId] = found.attributes;
    if (found.ours) present.push({ logicalId, kind, properties });
  }
  for (const { logicalId, kind, properties } of present.toReversed()) {
    onProgress?.(logicalId);
    await kind.remove(clients, properties);
  }
}

function requireResource(template: Template, logicalId: string): Resource {
  const resource = template.Resources[logicalId];
  if (!resource) throw new Error(`the template has no resource ${logicalId}`);
  return resource;
}
