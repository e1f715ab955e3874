import { z } from "zod";
import { findInstanceType } from "../catalogue/instance-types.ts";
import type { RuleName } from "./define.ts";
import { RULES } from "./rules.ts";

export const instanceType = z.string().regex(/^ml\.[a-z0-9]+\.[a-z0-9]+$/, { error: "must be an instance type such as ml.m5.large", abort: true })
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

const script = z.strictObject({
  framework: z.enum(["pytorch", "scikit-learn", "node"]),
  entry: z.string().min(1),
  folder: z.string().min(1).default("./source"),
  metrics: z.record(z.string().min(1), z.string().min(1).refine(isRegex, "must be a regular expression with a group around the value")).default({}),
  distribution: z.literal("torch_distributed").optional(),
});

function isRegex(text: string): boolean {
  try {
    return new RegExp(`${text}|`).exec("")?.length !== 1;
  } catch {
    return false;
  }
}

const ruleName = z.enum(Object.keys(RULES) as [RuleName, ...RuleName[]]);
const rule = z.union([
  ruleName.transform((name) => ({ rule: name, parameters: {}, stopTraining: false })),
  z.strictObject({ rule: ruleName, parameters: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}), stopTraining: z.boolean().default(false) }),
]);

const spot = z.union([z.literal(true).transform(() => ({})), z.strictObject({ maxWaitSeconds: z.number().int().min(1).max(2_592_000).optional() })]);

/** `training` of a project file. The order of the keys is part of every recipe's hash: new ones come last. */
export const training = z.strictObject({
  algorithm: z.literal("image-classification").optional(),
  instances: z.strictObject({ type: instanceType, count: z.number().int().min(1).max(20).default(1) }),
  hyperparameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  maxRuntimeSeconds: z.number().int().min(60).max(432_000).default(3600),
  tuning: tuning.optional(),
  script: script.optional(),
  rules: z.array(rule).min(1).max(20).optional(),
  saveInterval: z.number().int().min(1).optional(),
  spot: spot.optional(),
}).superRefine((given, context) => {
  for (const [place, message] of faultsOf(given)) context.addIssue({ code: "custom", path: place.split(".").filter((part) => part !== ""), message });
}).transform(({ spot: market, ...given }) => ({
  ...given,
  // Built-in algorithms take text; a script's values keep their types.
  hyperparameters: given.script === undefined ? Object.fromEntries(Object.entries(given.hyperparameters).map(([name, value]) => [name, String(value)])) : given.hyperparameters,
  ...(market !== undefined && { spot: { maxWaitSeconds: 2 * given.maxRuntimeSeconds, ...market } }),
}));

interface Given {
  readonly algorithm?: string | undefined;
  readonly script?: z.output<typeof script> | undefined;
  readonly tuning?: z.output<typeof tuning> | undefined;
  readonly rules?: readonly unknown[] | undefined;
  readonly saveInterval?: number | undefined;
  readonly spot?: { readonly maxWaitSeconds?: number | undefined } | undefined;
  readonly maxRuntimeSeconds: number;
}

/** What each key allows by itself and the others do not. */
function faultsOf({ algorithm, script: own, tuning: search, rules, saveInterval, spot: market, maxRuntimeSeconds }: Given): readonly (readonly [place: string, message: string])[] {
  const objective = search?.objective.metric ?? "";
  const all: readonly (readonly [boolean, string, string])[] = [
    [algorithm === undefined && own === undefined, "", "must have an algorithm or a script"],
    [algorithm !== undefined && own !== undefined, "script", "cannot stand beside an algorithm"],
    [own?.distribution !== undefined && own.framework !== "pytorch", "script.distribution", "is PyTorch's"],
    [own !== undefined && search !== undefined && !Object.hasOwn(own.metrics, objective), "tuning.objective.metric", `${objective} is not one of training.script.metrics`],
    [rules !== undefined && search !== undefined, "rules", "cannot stand beside tuning: training jobs of tuning jobs have none"],
    [saveInterval !== undefined && rules === undefined, "saveInterval", "does nothing without rules"],
    [(market?.maxWaitSeconds ?? Infinity) < maxRuntimeSeconds, "spot.maxWaitSeconds", `must be at least maxRuntimeSeconds (${maxRuntimeSeconds})`],
  ];
  return all.filter(([wrong]) => wrong).map(([, place, message]) => [place, message]);
}

export type Training = z.output<typeof training>;
/** A search for the best hyperparameters, with every default filled in. */
export type Tuning = NonNullable<Training["tuning"]>;
export type TrainingScript = NonNullable<Training["script"]>;
