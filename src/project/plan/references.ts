import type { ProjectPlace } from "../names.ts";
import type { Template, Value } from "../template/template.ts";
import type { Attributes, Properties } from "./resource-kind.ts";

/** Logical ids so that each comes after those it refers to. Throws on a circle. */
export function orderOf(template: Template): readonly string[] {
  const ordered: string[] = [];
  const visiting = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.includes(id)) return;
    if (visiting.has(id)) throw new Error(`the template's resources refer to one another in a circle at ${id}`);
    visiting.add(id);
    const resource = template.Resources[id];
    if (!resource) throw new Error(`the template refers to ${id}, which it does not have`);
    for (const needed of [...(resource.DependsOn ?? []), ...referencesIn(resource.Properties)]) visit(needed);
    ordered.push(id);
  };
  for (const id of Object.keys(template.Resources)) visit(id);
  return ordered;
}

function referencesIn(value: Value): readonly string[] {
  if (typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  const object = value as Readonly<Record<string, Value>>;
  if (typeof object["Ref"] === "string") return object["Ref"].startsWith("AWS::") ? [] : [object["Ref"]];
  const pair = object["Fn::GetAtt"];
  if (Array.isArray(pair)) return [String(pair[0])];
  const pattern = object["Fn::Sub"];
  if (typeof pattern === "string") return [...pattern.matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map(([, id = ""]) => id);
  return Object.values(object).flatMap(referencesIn);
}

/** Properties with every reference replaced. Throws when one refers to what is not known. */
export function resolveProperties(properties: Properties, known: Readonly<Record<string, Attributes>>, place: ProjectPlace): Properties {
  const look = (id: string, name: string): string => {
    const value = known[id]?.[name];
    if (value === undefined) throw new Error(`${id} has no ${name} yet`);
    return value;
  };
  const pseudo: Readonly<Record<string, string>> = { "AWS::AccountId": place.account, "AWS::Region": place.region, "AWS::Partition": "aws" };
  const resolve = (value: Value): Value => {
    if (typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(resolve);
    const object = value as Readonly<Record<string, Value>>;
    if (typeof object["Ref"] === "string") return pseudo[object["Ref"]] ?? look(object["Ref"], "Ref");
    const pair = object["Fn::GetAtt"];
    if (Array.isArray(pair)) return look(String(pair[0]), String(pair[1]));
    const pattern = object["Fn::Sub"];
    if (typeof pattern === "string") return pattern.replaceAll(/\$\{([A-Za-z0-9:]+)\}/g, (_whole, id: string) => pseudo[id] ?? look(id, "Ref"));
    return Object.fromEntries(Object.entries(object).map(([key, each]) => [key, resolve(each)]));
  };
  return resolve(properties) as Properties;
}
