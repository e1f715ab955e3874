import type { ServiceId } from "../service.ts";

/** A shape as the generated tables have it: the JSON that scripts/constraints/generate.py writes. */
export interface TableShape {
  readonly type: string;
  readonly required?: readonly string[];
  /** Member name to shape, or to a plain type's name. */
  readonly members?: Readonly<Record<string, string>>;
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
}

interface TableFile {
  /** Operations that AWS takes without a signature. */
  readonly unsigned: readonly string[];
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, TableShape>>;
}

/** A shape with its references followed, which happens when it is first met. */
export interface Node {
  readonly kind: string;
  readonly shape: TableShape;
  readonly required: readonly string[];
  member(name: string): Node | undefined;
  /** Of a list, or the values of a map. */
  element(): Node | undefined;
  key(): Node | undefined;
}

/** What the inputs of a service may be. */
export interface ConstraintTable {
  readonly service: ServiceId;
  readonly unsigned: ReadonlySet<string>;
  /** The input of an operation; undefined when the table, older than the SDK's schemas, does not know it. */
  input(operation: string): Node | undefined;
}

/** Follows references by name, once for each shape. */
export function linkTable(service: ServiceId, file: TableFile): ConstraintTable {
  const nodes = new Map<string, Node>();
  const node = (name: string | undefined): Node | undefined => {
    if (name === undefined) return undefined;
    const present = nodes.get(name);
    if (present) return present;
    const made = link(file.shapes[name] ?? { type: name }, node);
    nodes.set(name, made);
    return made;
  };
  return { service, unsigned: new Set(file.unsigned), input: (operation) => node(Object.hasOwn(file.operations, operation) ? file.operations[operation] : undefined) };
}

function link(shape: TableShape, node: (name: string | undefined) => Node | undefined): Node {
  const members = new Map(Object.entries(shape.members ?? {}));
  const linked = new Map<string, Node | undefined>();
  return {
    kind: shape.type, shape, required: shape.required ?? [],
    member: (name) => {
      const present = linked.get(name);
      if (present) return present;
      const made = node(members.get(name));
      linked.set(name, made);
      return made;
    },
    element: () => node(shape.member ?? shape.value),
    key: () => node(shape.key),
  };
}

const FILES: Readonly<Record<ServiceId, () => Promise<{ readonly default: unknown }>>> = {
  s3: () => import("./generated/s3.json", { with: { type: "json" } }),
  sts: () => import("./generated/sts.json", { with: { type: "json" } }),
  iam: () => import("./generated/iam.json", { with: { type: "json" } }),
  sagemaker: () => import("./generated/sagemaker.json", { with: { type: "json" } }),
  "sagemaker-runtime": () => import("./generated/sagemaker-runtime.json", { with: { type: "json" } }),
  lambda: () => import("./generated/lambda.json", { with: { type: "json" } }),
  logs: () => import("./generated/logs.json", { with: { type: "json" } }),
};

/** Reads a service's table, when its schemas are loaded: milliseconds. */
export async function loadConstraints(service: ServiceId): Promise<ConstraintTable> {
  return linkTable(service, (await FILES[service]()).default as TableFile);
}
