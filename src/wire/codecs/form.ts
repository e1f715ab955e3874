import { FromStringShapeDeserializer } from "@smithy/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { ServiceError } from "../../base/errors.ts";
import { serde } from "./serde.ts";

const DATE_TIME = 5; // the schema number of the ISO 8601 timestamp format
const MAX_DEPTH = 32; // far deeper than any query service's input; bounds what a hostile form can cost

/** Dotted form names as a tree: `Tags.member.1.Key=a` → `{Tags: {member: {1: {Key: "a"}}}}`. */
interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

const scalars = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: DATE_TIME }, httpBindings: false });
scalars.setSerdeContext(serde as never);

const malformed = (message: string): ServiceError => new ServiceError("MalformedInput", 400, message);

/** Reads an awsQuery form by a structure's schema. The SDK only writes this format; this is its reader. */
export function readForm(schema: NormalizedSchema, parameters: URLSearchParams): Record<string, unknown> {
  const root: Node = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) insert(root, name.split("."), value);
  return schema.isStructSchema() ? readStruct(schema, root) : {};
}

function insert(root: Node, path: readonly string[], value: string): void {
  if (path.length > MAX_DEPTH) throw malformed("The form's names are nested too deeply.");
  let node = root;
  for (const part of path) {
    let child = node.children.get(part);
    if (!child) {
      child = { value: undefined, children: new Map() };
      node.children.set(part, child);
    }
    node = child;
  }
  node.value = value;
}

function readStruct(schema: NormalizedSchema, node: Node): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get((member.getMergedTraits()["xmlName"] as string | undefined) ?? name);
    if (child) result[name] = readValue(member, child);
  }
  return result;
}

function readValue(schema: NormalizedSchema, node: Node): unknown {
  if (schema.isStructSchema()) return readStruct(schema, node);
  if (schema.isListSchema()) return readList(schema, node);
  if (schema.isMapSchema()) return readMap(schema, node);
  if (node.value === undefined) throw malformed("A value was expected where the form has a structure.");
  try {
    return scalars.read(schema as never, node.value);
  } catch {
    throw malformed(`The value ${JSON.stringify(node.value)} cannot be read.`);
  }
}

const numbered = (node: Node): readonly Node[] =>
  [...node.children].filter(([key]) => /^[1-9][0-9]*$/.test(key)).sort((a, b) => Number(a[0]) - Number(b[0])).map(([, child]) => child);

function readList(schema: NormalizedSchema, node: Node): readonly unknown[] {
  const item = schema.getValueSchema();
  const flat = schema.getMergedTraits()["xmlFlattened"] !== undefined;
  const name = (item.getMergedTraits()["xmlName"] as string | undefined) ?? "member";
  const holder = flat ? node : (node.children.get(name) ?? node.children.get("member"));
  return holder ? numbered(holder).map((child) => readValue(item, child)) : [];
}

function readMap(schema: NormalizedSchema, node: Node): Record<string, unknown> {
  const flat = schema.getMergedTraits()["xmlFlattened"] !== undefined;
  const holder = flat ? node : node.children.get("entry");
  const keyName = (schema.getKeySchema().getMergedTraits()["xmlName"] as string | undefined) ?? "key";
  const valueName = (schema.getValueSchema().getMergedTraits()["xmlName"] as string | undefined) ?? "value";
  const entries: [string, unknown][] = [];
  for (const entry of holder ? numbered(holder) : []) {
    const key = entry.children.get(keyName)?.value;
    const value = entry.children.get(valueName);
    if (key !== undefined && value) entries.push([key, readValue(schema.getValueSchema(), value)]);
  }
  return Object.fromEntries(entries);
}
