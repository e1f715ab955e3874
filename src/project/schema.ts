import { z } from "zod";
import { instanceType, training, type Training } from "./training-schema.ts";

/** A project file that cannot be used: one line a fault, each naming its place. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
}

/** The definition with every default filled in. */
export interface Project {
  readonly name: string;
  readonly data: { readonly images: string };
  readonly training: Training;
  readonly endpoint: { readonly instances: { readonly type: string; readonly min: number; readonly max: number } };
  readonly function: {
    readonly handler: string;
    readonly memory: number;
    readonly timeout: number;
    readonly url: "iam" | "public";
    readonly environment: Readonly<Record<string, string>>;
  };
}

/** Keys of the coming versions: refused by name, so that nobody believes they do something. */
const NOT_YET: Readonly<Record<string, string>> = {
  "endpoint.scaling": "automatic scaling",
  "function.reservedConcurrency": "reserved concurrency",
  "function.provisionedConcurrency": "provisioned concurrency",
};

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, "must be 2 to 32 lower-case letters, digits and hyphens, beginning with a letter"),
  data: z.strictObject({ images: z.string().min(1) }),
  training,
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
