/** What an instance type may be used for: https://docs.aws.amazon.com/sagemaker/latest/dg/instance-types-az.html */
export type InstanceUse = "training" | "hosting" | "notebook";

export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly gpus: number;
  /** us-east-1, on demand, for training and hosting; undefined where no price is known. */
  readonly usdPerHour: number | undefined;
  readonly uses: readonly InstanceUse[];
}

type Row = readonly [name: string, vcpus: number, memoryGiB: number, gpus: number, usdPerHour: number | undefined, uses: readonly InstanceUse[]];

const ALL: readonly InstanceUse[] = ["training", "hosting", "notebook"];
const SERVERS: readonly InstanceUse[] = ["training", "hosting"];

/** Until when sources of prices were read. */
export const PRICES_AS_OF = "2026-09-28";

/**
 * Sizes: EC2's instance-type pages, read 2026-07-11. Prices: AWS's price list as quoted in public sources up to
 * 2026-09-28, us-east-1, Linux, on demand; for t2.large and up, t3.2xlarge, m5.12xlarge and up, c5.4xlarge and up, the
 * 2xlarge GPU types and p3.8xlarge none was found, and EC2's price times the family's ratio stands (1.2; g 1.4; p3 1.25). Uses: the enumerations of the SageMaker API (TrainingInstanceType,
 * ProductionVariantInstanceType, InstanceType), botocore 1.43.11.
 */
const ROWS: readonly Row[] = [
  ["ml.t2.medium", 2, 4, 0, 0.056, ["hosting", "notebook"]],
  ["ml.t2.large", 2, 8, 0, 0.1114, ["hosting", "notebook"]],
  ["ml.t2.xlarge", 4, 16, 0, 0.2227, ["hosting", "notebook"]],
  ["ml.t2.2xlarge", 8, 32, 0, 0.4454, ["hosting", "notebook"]],
  ["ml.t3.medium", 2, 4, 0, 0.05, ["training", "notebook"]],
  ["ml.t3.large", 2, 8, 0, 0.1, ["training", "notebook"]],
  ["ml.t3.xlarge", 4, 16, 0, 0.2, ["training", "notebook"]],
  ["ml.t3.2xlarge", 8, 32, 0, 0.399, ["training", "notebook"]],
  ["ml.m5.large", 2, 8, 0, 0.115, SERVERS],
  ["ml.m5.xlarge", 4, 16, 0, 0.23, ALL],
  ["ml.m5.2xlarge", 8, 32, 0, 0.461, ALL],
  ["ml.m5.4xlarge", 16, 64, 0, 0.922, ALL],
  ["ml.m5.12xlarge", 48, 192, 0, 2.765, ALL],
  ["ml.m5.24xlarge", 96, 384, 0, 5.53, ALL],
  ["ml.c5.large", 2, 4, 0, 0.102, ["hosting"]],
  ["ml.c5.xlarge", 4, 8, 0, 0.204, ALL],
  ["ml.c5.2xlarge", 8, 16, 0, 0.408, ALL],
  ["ml.c5.4xlarge", 16, 32, 0, 0.816, ALL],
  ["ml.c5.9xlarge", 36, 72, 0, 1.836, ALL],
  ["ml.g4dn.xlarge", 4, 16, 1, 0.7364, ALL],
  ["ml.g4dn.2xlarge", 8, 32, 1, 1.0528, ALL],
  ["ml.g5.xlarge", 4, 16, 1, 1.4084, ALL],
  ["ml.g5.2xlarge", 8, 32, 1, 1.6968, ALL],
  ["ml.p3.2xlarge", 8, 61, 1, 3.825, ALL],
  ["ml.p3.8xlarge", 32, 244, 4, 15.3, ALL],
  ["ml.inf1.xlarge", 4, 8, 0, 0.297, ["hosting", "notebook"]],
  ["ml.inf2.xlarge", 4, 16, 0, 0.99, ["hosting"]],
];

export const INSTANCE_TYPES: readonly InstanceType[] = ROWS.map(([name, vcpus, memoryGiB, gpus, usdPerHour, uses]) => ({ name, vcpus, memoryGiB, gpus, usdPerHour, uses }));

/** The notebook price of a type differs from its hosting price in the tables seen for this one only. */
const NOTEBOOK_USD_PER_HOUR: Readonly<Record<string, number>> = { "ml.t2.medium": 0.0464 };

/** USD an hour of a type for a use; undefined where no price is known or the type has no such use. */
export function usdPerHour(name: string, use: InstanceUse): number | undefined {
  const type = findInstanceType(name);
  if (type === undefined || !type.uses.includes(use)) return undefined;
  return (use === "notebook" ? NOTEBOOK_USD_PER_HOUR[name] : undefined) ?? type.usdPerHour;
}

const byName = new Map(INSTANCE_TYPES.map((type) => [type.name, type]));

/** The type of this name; undefined when the catalogue does not have it. */
export const findInstanceType = (name: string): InstanceType | undefined => byName.get(name);

/** The cheapest type without a GPU that holds this much memory; undefined when none does. */
export function cheapestTypeWith({ memoryGiB, use }: { readonly memoryGiB: number; readonly use: InstanceUse }): InstanceType | undefined {
  return INSTANCE_TYPES
    .filter((type) => type.memoryGiB >= memoryGiB && type.gpus === 0 && type.usdPerHour !== undefined && type.uses.includes(use))
    .toSorted((a, b) => (a.usdPerHour ?? 0) - (b.usdPerHour ?? 0))[0];
}
