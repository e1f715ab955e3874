import type { NormalizedSchema } from "@smithy/core/schema";
import type { Random } from "../../../src/shared/random.ts";

/** How full a made value is: every member, only what must be given, or some of them. */
export type Fullness = "everything" | "required" | "some";

export interface MakeOptions {
  readonly random: Random;
  readonly fullness: Fullness;
  /** A member's own value, or `undefined` to leave it out, or the value `MAKE` to make one. */
  readonly override?: (member: string, schema: NormalizedSchema) => unknown;
}

export const MAKE = Symbol("make a value");
/** Deeper than this only what must be given is made: schemas of conditions contain themselves. */
const MAX_DEPTH = 5;
const TEXTS = ["plain", "with space", "a&b=c", "<tag attr=\"1\">", "é ü 漢字", "😀", "100%", "a+b", "semi;colon", "quote'\"", "\\back/slash", "tab\there", "#?/:@", "0", "true", "null", "%2F"];
const HEADER_TEXTS = ["plain", "with space", "a&b=c", "100%", "a+b", "0", "\"quoted\""];

const below = (random: Random, limit: number): number => Math.floor(random.fraction() * limit);
const pick = <T>(random: Random, from: readonly T[]): T => {
  const value = from[below(random, from.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

/** Members that must be given: the first ones, as many as the schema says. */
const requiredNames = (schema: NormalizedSchema): readonly string[] => {
  const raw = schema.getSchema() as unknown as readonly unknown[];
  return (raw[4] as readonly string[]).slice(0, (raw[6] as number | undefined) ?? 0);
};

const isInHeader = (schema: NormalizedSchema): boolean => {
  const traits = schema.getMergedTraits();
  return traits["httpHeader"] !== undefined || traits["httpPrefixHeaders"] !== undefined;
};

/** A value that a schema allows. Strings are of every awkward kind that the place they go to can carry. */
export function makeValue(schema: NormalizedSchema, options: MakeOptions, depth = 0): unknown {
  const { random } = options;
  if (schema.isUnionSchema()) return makeUnion(schema, options, depth);
  if (schema.isStructSchema()) return makeStruct(schema, options, depth);
  if (schema.isListSchema()) return many(schema, options, depth).map(() => makeElement(schema, schema.getValueSchema(), options, depth));
  if (schema.isMapSchema()) {
    const keys = isInHeader(schema) ? ["one", "two-words"] : ["one", "two words", "ü&<"];
    return Object.fromEntries(many(schema, options, depth).map((_, index) => [keys[index] ?? "three", makeElement(schema, schema.getValueSchema(), options, depth)]));
  }
  if (schema.isBlobSchema()) return Uint8Array.from(random.bytes(1 + below(random, 40)));
  if (schema.isTimestampSchema()) return new Date(1_700_000_000_000 + below(random, 1_000_000) * 1000);
  if (schema.isBooleanSchema()) return random.fraction() < 0.5;
  if (schema.isNumericSchema()) return 1 + below(random, 1_000_000);
  if (schema.isDocumentSchema()) return { a: [1, "two", null, { b: true }] };
  return pick(random, isInHeader(schema) ? HEADER_TEXTS : TEXTS);
}

const many = (schema: NormalizedSchema, { fullness, random }: MakeOptions, depth: number): readonly unknown[] =>
  Array.from({ length: depth >= MAX_DEPTH ? 1 : fullness === "everything" ? 2 : 1 + below(random, isInHeader(schema) ? 1 : 3) });

/** A list in a header splits at commas and spaces, so its elements must not have any. */
const makeElement = (holder: NormalizedSchema, element: NormalizedSchema, options: MakeOptions, depth: number): unknown =>
  isInHeader(holder) && element.isStringSchema() ? pick(options.random, ["plain", "other"]) : makeValue(element, options, depth + 1);

function makeUnion(schema: NormalizedSchema, options: MakeOptions, depth: number): unknown {
  const members = Object.entries(schema.getMemberSchemas());
  const [name, member] = pick(options.random, members);
  return { [name]: makeValue(member, options, depth + 1) };
}

function makeStruct(schema: NormalizedSchema, options: MakeOptions, depth: number): Record<string, unknown> {
  const required = new Set(requiredNames(schema));
  const fullness = depth >= MAX_DEPTH ? "required" : options.fullness;
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    // Without its payload a body cannot be told from an empty one.
    const needed = required.has(name) || traits["httpLabel"] !== undefined || traits["httpPayload"] !== undefined;
    if (!needed && (fullness === "required" || (fullness === "some" && options.random.fraction() < 0.6))) continue;
    if (depth > MAX_DEPTH + 3 && !needed) continue;
    const own = options.override?.(name, member) ?? undefined;
    if (options.override && own === undefined) continue;
    const made = own === undefined || own === MAKE ? makeValue(member, options, depth + 1) : own;
    value[name] = made;
  }
  // An empty structure inside another has no form in a query: nobody could tell it from an absent one.
  const [first] = depth > 0 && Object.keys(value).length === 0 && depth <= MAX_DEPTH + 3 ? [...schema.structIterator()] : [];
  if (first) value[first[0]] = makeValue(first[1], options, depth + 1);
  return value;
}
