import { Readable } from "node:stream";
import { compilePattern } from "./pattern.ts";
import type { Node, TableShape } from "./table.ts";

/** One broken constraint: where, the value, and AWS's words for what it must be. */
export interface Violation {
  readonly path: string;
  readonly value: unknown;
  readonly sensitive: boolean;
  readonly constraint: string;
  /** The model's pattern when it is that which was broken: some services have words of their own for it. */
  readonly pattern?: string;
}

/** A value of another kind than the model says, which AWS refuses before it validates. */
export class KindMismatch extends Error {
  readonly path: string;
  readonly wanted: string;
  readonly value: unknown;
  constructor(path: string, wanted: string, value: unknown) {
    super(`${path} is not of type ${wanted}`);
    this.path = path;
    this.wanted = wanted;
    this.value = value;
  }
}

const INT32 = 2 ** 31;
/** AWS reports no more; the rest would only make the message longer. */
const MAX_VIOLATIONS = 100;

type Path = { readonly parent: Path | undefined; readonly name: string };
type Found = Violation[];

const decapitalised = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
function pathText(path: Path | undefined): string {
  let text = path?.name ?? "";
  for (let at = path?.parent; at; at = at.parent) text = `${at.name}.${text}`;
  return text;
}

/** Everything in a decoded input that the model does not allow. Throws KindMismatch at the first value of a wrong kind. */
export function findViolations(node: Node, value: unknown): readonly Violation[] {
  const found: Found = [];
  checkStructure(node, value as Readonly<Record<string, unknown>>, { found, path: undefined });
  return found;
}

interface Place {
  readonly found: Found;
  readonly path: Path | undefined;
}

const report = ({ found, path }: Place, shape: TableShape, value: unknown, constraint: string, pattern?: string): void => {
  if (found.length >= MAX_VIOLATIONS) return;
  found.push({ path: pathText(path), value, sensitive: shape.sensitive === true, constraint, ...(pattern === undefined ? {} : { pattern }) });
};

function checkStructure(node: Node, value: Readonly<Record<string, unknown>>, { found, path }: Place): void {
  for (const name of node.required) {
    if (value[name] === undefined || value[name] === null) {
      report({ found, path: { parent: path, name: decapitalised(name) } }, node.shape, null, "Member must not be null");
    }
  }
  for (const name in value) {
    const given = value[name];
    const member = node.member(name);
    if (member === undefined || given === undefined || given === null) continue;
    checkValue(member, given, { found, path: { parent: path, name: decapitalised(name) } });
  }
}

function checkValue(node: Node, value: unknown, place: Place): void {
  requireKind(node.kind, value, place.path);
  const { shape } = node;
  const broken = brokenConstraints(shape, value);
  if (broken) for (const { constraint, pattern } of broken) report(place, shape, value, constraint, pattern);
  switch (node.kind) {
    case "structure": return checkStructure(node, value as Readonly<Record<string, unknown>>, place);
    case "list": return checkList(node, value as readonly unknown[], place);
    case "map": return checkMap(node, value as Readonly<Record<string, unknown>>, place);
    default: return;
  }
}

const isScalar = (node: Node): boolean => node.kind !== "structure" && node.kind !== "list" && node.kind !== "map";

/** Elements that are scalars are reported as one constraint of the list, structures each at their own place. */
function checkList(node: Node, list: readonly unknown[], { found, path }: Place): void {
  const element = node.element();
  if (!element) return;
  const scalar = isScalar(element);
  for (let at = 0; at < list.length; at++) {
    const value = list[at];
    const here: Path = { parent: { parent: path, name: String(at + 1) }, name: "member" };
    if (value === undefined || value === null) {
      report({ found, path: here }, node.shape, null, "Member must not be null");
    } else if (scalar) {
      requireKind(element.kind, value, here);
      if (brokenConstraints(element.shape, value)) return report({ found, path }, element.shape, list, `Member must satisfy constraint: ${allConstraints(element.shape)}`);
    } else {
      checkValue(element, value, { found, path: here });
    }
  }
}

function checkMap(node: Node, map: Readonly<Record<string, unknown>>, place: Place): void {
  const key = node.key();
  const element = node.element();
  if (!key || !element) return;
  const names = Object.keys(map);
  if (names.some((name) => brokenConstraints(key.shape, name))) {
    report(place, key.shape, map, `Map keys must satisfy constraint: ${allConstraints(key.shape)}`);
  }
  const scalar = isScalar(element);
  for (const name of names) {
    const value = map[name];
    if (value === undefined || value === null) continue;
    const here: Path = { parent: { parent: place.path, name }, name: "member" };
    if (!scalar) {
      checkValue(element, value, { found: place.found, path: here });
      continue;
    }
    requireKind(element.kind, value, here);
    if (brokenConstraints(element.shape, value)) return report(place, element.shape, map, `Map value must satisfy constraint: ${allConstraints(element.shape)}`);
  }
}

function requireKind(kind: string, value: unknown, path: Path | undefined): void {
  if (!isKind(kind, value)) throw new KindMismatch(pathText(path), kind, value);
}

function isKind(kind: string, value: unknown): boolean {
  switch (kind) {
    case "string": return typeof value === "string" || value instanceof String;
    case "integer": return Number.isInteger(value) && (value as number) >= -INT32 && (value as number) < INT32;
    case "long": return Number.isInteger(value) || typeof value === "bigint";
    case "float": case "double": return typeof value === "number";
    case "boolean": return typeof value === "boolean";
    case "timestamp": return value instanceof Date && !Number.isNaN(value.getTime());
    case "blob": return value instanceof Uint8Array || typeof value === "string" || value instanceof Readable || isStream(value);
    case "list": return Array.isArray(value);
    case "structure": case "map": return typeof value === "object" && value !== null && !Array.isArray(value);
    default: return true;
  }
}

const isStream = (value: unknown): boolean => typeof value === "object" && value !== null && (Symbol.asyncIterator in value || "getReader" in value);

interface Broken {
  readonly constraint: string;
  readonly pattern?: string;
}

/** How large a value is, in what AWS counts; undefined for what has no size. */
function sizeOf(kind: string, value: unknown): number | undefined {
  switch (kind) {
    case "string": return (value as string).length;
    case "blob": return value instanceof Uint8Array || typeof value === "string" ? value.length : undefined;
    case "list": return (value as readonly unknown[]).length;
    case "map": return Object.keys(value as object).length;
    case "integer": case "long": case "float": case "double": return Number(value);
    default: return undefined;
  }
}

const words = (kind: string): string => (kind === "integer" || kind === "long" || kind === "float" || kind === "double" ? "value" : "length");
const atMost = (shape: TableShape): string => `Member must have ${words(shape.type)} less than or equal to ${shape.max}`;
const atLeast = (shape: TableShape): string => `Member must have ${words(shape.type)} greater than or equal to ${shape.min}`;
const enumeration = (values: readonly string[]): string => `Member must satisfy enum value set: [${values.join(", ")}]`;
const matching = (pattern: string): string => `Member must satisfy regular expression pattern: ${pattern}`;

/** Undefined when nothing is broken, which is nearly always: no list is made then. */
function brokenConstraints(shape: TableShape, value: unknown): Broken[] | undefined {
  const { min, max, pattern, enum: values } = shape;
  let broken: Broken[] | undefined;
  const size = min === undefined && max === undefined ? undefined : sizeOf(shape.type, value);
  const tooLong = size !== undefined && max !== undefined && size > max;
  if (tooLong) (broken ??= []).push({ constraint: atMost(shape) });
  if (size !== undefined && min !== undefined && size < min) (broken ??= []).push({ constraint: atLeast(shape) });
  if (values !== undefined && !values.includes(String(value))) (broken ??= []).push({ constraint: enumeration(values) });
  // AWS matches values that are too long as well; not doing so bounds what a hostile value can cost.
  if (pattern !== undefined && !tooLong && compilePattern(pattern)?.test(String(value)) === false) (broken ??= []).push({ constraint: matching(pattern), pattern });
  return broken;
}

function allConstraints(shape: TableShape): string {
  const parts = [
    ...(shape.max === undefined ? [] : [atMost(shape)]), ...(shape.min === undefined ? [] : [atLeast(shape)]),
    ...(shape.pattern === undefined ? [] : [matching(shape.pattern)]), ...(shape.enum === undefined ? [] : [enumeration(shape.enum)]),
  ];
  return `[${parts.join(", ")}]`;
}
