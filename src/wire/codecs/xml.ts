import { XmlShapeSerializer } from "@aws-sdk/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { structOf } from "../struct.ts";
import { serde } from "./serde.ts";

const DATE_TIME = 5; // the schema number of the ISO 8601 timestamp format

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

/** A serializer that writes a structure under a root name of our choice. */
export function rootedXml(namespace: string): (schema: NormalizedSchema, name: string, value: object) => string {
  const writer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: DATE_TIME }, httpBindings: false, xmlNamespace: "", serviceNamespace: namespace,
  } as never);
  writer.setSerdeContext(serde as never);
  const roots = new Map<NormalizedSchema, unknown>();
  return (schema, name, value) => {
    if (!schema.isStructSchema()) return `<${name}/>`;
    let root = roots.get(schema);
    if (root === undefined) {
      const [, space, , , members, refs] = structOf(schema);
      root = [3, space, name, 0, members, refs];
      roots.set(schema, root);
    }
    writer.write(root as never, value);
    return writer.flush() as string;
  };
}
