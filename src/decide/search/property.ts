/** What a property can be compared as. */
export type Value = string | number | boolean | Date;

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** `Tags.<key>` and `Metrics.<name>`: lists of pairs that are asked by name. */
const PAIRS: Readonly<Record<string, readonly [list: string, name: string, value: string]>> = {
  Tags: ["Tags", "Key", "Value"], Metrics: ["FinalMetricDataList", "MetricName", "Value"],
};

/**
 * The values that a property's name finds in a resource, `TrainingJobName`, `HyperParameters.lr` or
 * `InputDataConfig.DataSource.S3DataSource.S3Uri`: several where a list lies on the way, none where there is no such thing.
 */
export function valuesOf(resource: Plain, name: string): readonly Value[] {
  const [first, rest] = split(name);
  const pair = PAIRS[first];
  if (pair === undefined || rest === undefined) return follow(resource, name);
  const [list, key, value] = pair;
  return itemsOf(resource[list]).filter((item) => isPlain(item) && item[key] === rest).flatMap((item) => follow(item as Plain, value));
}

/** The objects of a list, each a resource of its own for a nested filter. */
export const elementsOf = (resource: Plain, name: string): readonly Plain[] => name.split(".").reduce<readonly unknown[]>((found, part) => found.flatMap((each) => (isPlain(each) ? itemsOf(each[part]) : [])), [resource]).filter(isPlain);

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function split(name: string): readonly [first: string, rest: string | undefined] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** Keys may hold dots themselves (hyperparameters): the whole rest is tried before its first part. */
function follow(value: unknown, name: string): readonly Value[] {
  if (Array.isArray(value)) return value.flatMap((item) => follow(item, name));
  if (!isPlain(value)) return [];
  if (Object.hasOwn(value, name)) return itemsOf(value[name]).filter(isValue);
  const [first, rest] = split(name);
  return rest === undefined || !Object.hasOwn(value, first) ? [] : follow(value[first], rest);
}

const isValue = (value: unknown): value is Value => typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value instanceof Date;
