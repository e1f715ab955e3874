import { z } from "zod";
import { findInstanceType } from "../catalogue/instance-types.ts";

/** A project file that cannot be used: one line a fault, each naming its place. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
}

/** The definition with every default filled in. */
export interface Project {
  readonly name: string;
  readonly data: { readonly images: string };
  readonly training: {
    readonly algorithm: "image-classification";
    readonly instances: { readonly type: string; readonly count: number };
    readonly hyperparameters: Readonly<Record<string, string>>;
    readonly maxRuntimeSeconds: number;
    readonly tuning?: Tuning | undefined;
  };
  readonly endpoint: { readonly instances: { readonly type: string; readonly min: number; readonly max: number } };
  readonly function: {
    readonly handler: string;
    readonly memory: number;
    readonly timeout: number;
    readonly url: "iam" | "public";
    readonly environment: Readonly<Record<string, string>>;
  };
}

/** A search for the best hyperparameters, with every default filled in. */
export interface Tuning {
  readonly objective: { readonly metric: string; readonly type: "Minimize" | "Maximize" };
  readonly strategy: "Bayesian" | "Random" | "Grid" | "Hyperband";
  readonly maxJobs?: number | undefined;
  readonly maxParallelJobs: number;
  readonly earlyStopping: boolean;
  readonly seed: number;
  readonly ranges: Readonly<Record<string, { readonly values: readonly (string | number)[] } | { readonly min: number; readonly max: number; readonly integer: boolean; readonly scaling: "Auto" | "Linear" | "Logarithmic" | "ReverseLogarithmic" }>>;
}

/** Keys of the coming versions: refused by name, so that nobody believes they do something. */
const NOT_YET: Readonly<Record<string, string>> = {
  "training.script": "training scripts in a project (CreateTrainingJob takes them already)",
  "training.framework": "training scripts in a project (CreateTrainingJob takes them already)",
  "endpoint.scaling": "automatic scaling",
  "function.reservedConcurrency": "reserved concurrency",
  "function.provisionedConcurrency": "provisioned concurrency",
};

const instanceType = z.string().regex(/^ml\.[a-z0-9]+\.[a-z0-9]+$/, { error: "must be an instance type such as ml.m5.large", abort: true })
  .refine((name) => findInstanceType(name) !== undefined, { error: ({ input }) => `the instance type ${String(input)} is not known` });

const range = z.union([
  z.strictObject({ values: z.array(z.union([z.string(), z.number()])).min(1) }),
  z.strictObject({ min: z.number(), max: z.number(), integer: z.boolean().default(false), scaling: z.enum(["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"]).default("Auto") }),
]);

const tuning = z.strictObject({
  objective: z.strictObject({ metric: z.string().min(1), type: z.enum(["Minimize", "Maximize"]) }).default({ metric: "validation:accuracy", type: "Maximize" }),
  strategy: z.enum(["Bayesian", "Random", "Grid", "Hyperband"]).default("Bayesian"),
  maxJobs: z.number().int().min(1).max(750).optional(),
  maxParallelJobs: z.number().int().min(1).max(10).default(1),
  earlyStopping: z.boolean().default(false),
  seed: z.number().int().min(0).default(1),
  ranges: z.record(z.string(), range).refine((ranges) => Object.keys(ranges).length > 0, "must have at least one hyperparameter"),
}).refine(({ strategy, maxJobs }) => strategy === "Grid" || maxJobs !== undefined, { path: ["maxJobs"], error: "must be given: how many training jobs the search may have" });

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, "must be 2 to 32 lower-case letters, digits and hyphens, beginning with a letter"),
  data: z.strictObject({ images: z.string().min(1) }),
  training: z.strictObject({
    algorithm: z.literal("image-classification"),
    instances: z.strictObject({ type: instanceType, count: z.literal(1, "several instances are not supported yet").default(1) }),
    hyperparameters: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
    maxRuntimeSeconds: z.number().int().min(60).max(432_000).default(3600),
    tuning: tuning.optional(),
  }),
  endpoint: z.strictObject({
    instances: z.strictObject({ type: instanceType, min: z.number().int().min(1).max(16).default(1), max: z.number().int().optional() })
      .transform(({ type, min, max }) => ({ type, min, max: max ?? min })),
  }),
  function: z.strictObject({
    handler: z.string().min(1),
    memory: z.number().int().min(128).max(10_240).default(512),
    timeout: z.number().int().min(1).max(900).default(30),
    url: z.enum(["iam", "public"]).default("iam"),
    environment: z.record(z.string(), z.string()).default({}),
  }),
});

/** Checks a definition and fills in its defaults. Throws ProjectError. */
export function compileProject(definition: unknown, file: string): Project {
  const parsed = schema.safeParse(definition);
  const faults = parsed.success ? scalingFaults(parsed.data) : parsed.error.issues.flatMap(faultsOf);
  if (faults.length > 0) throw new ProjectError(faults.map((fault) => `${file}: ${fault}`).join("\n"));
  return parsed.data as Project;
}

const scalingFaults = ({ endpoint }: Project): readonly string[] =>
  endpoint.instances.max === endpoint.instances.min ? [] : ["endpoint.instances.max: automatic scaling is not supported yet; leave it out or make it equal to min"];

function faultsOf(issue: z.core.$ZodIssue): readonly string[] {
  const place = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return [`${place || "the project"}: ${issue.message}`];
  return issue.keys.map((key) => {
    const full = place === "" ? key : `${place}.${key}`;
    const coming = NOT_YET[full];
    return coming === undefined ? `${full}: unknown key` : `${full}: ${coming} is not supported yet`;
  });
}
