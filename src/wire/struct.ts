import type { NormalizedSchema } from "@smithy/core/schema";

type Traits = Readonly<Record<string, unknown>> | 0;

/** The static schema behind a structure: `[3, namespace, name, traits, memberNames, memberRefs, requiredCount?]`. */
export type StructSchema = readonly [number, string, string, Traits, readonly string[], readonly unknown[], number?];

export const structOf = (schema: NormalizedSchema): StructSchema => schema.getSchema() as unknown as StructSchema;

/** Members that must be given: the schemas sort them first and say how many they are. */
export const requiredMembers = (schema: NormalizedSchema): readonly string[] => {
  if (!schema.isStructSchema()) return [];
  const struct = structOf(schema);
  return struct[4].slice(0, struct[6] ?? 0);
};
