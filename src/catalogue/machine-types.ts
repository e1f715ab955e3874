import { INSTANCE_TYPES, type InstanceType } from "./instance-types.ts";

/** When EC2's prices were read. */
export const MACHINE_PRICES_AS_OF = "2026-07-20";

/**
 * USD an hour of EC2's types, us-east-1, Linux, on demand: AWS's price API as github.com/aws/karpenter-provider-aws has it
 * (pkg/providers/pricing/zz_generated.pricing_aws.go).
 */
const USD_PER_HOUR: Readonly<Record<string, number>> = {
  "t2.medium": 0.0464, "t2.large": 0.0928, "t2.xlarge": 0.1856, "t2.2xlarge": 0.3712, "t3.medium": 0.0416, "t3.large": 0.0832, "t3.xlarge": 0.1664, "t3.2xlarge": 0.3328,
  "m5.large": 0.096, "m5.xlarge": 0.192, "m5.2xlarge": 0.384, "m5.4xlarge": 0.768, "m5.12xlarge": 2.304, "m5.24xlarge": 4.608,
  "c5.large": 0.085, "c5.xlarge": 0.17, "c5.2xlarge": 0.34, "c5.4xlarge": 0.68, "c5.9xlarge": 1.53,
  "g4dn.xlarge": 0.526, "g4dn.2xlarge": 0.752, "g5.xlarge": 1.006, "g5.2xlarge": 1.212, "p3.2xlarge": 3.06, "p3.8xlarge": 12.24, "inf1.xlarge": 0.228, "inf2.xlarge": 0.7582,
};

/** EC2's types of the sizes that SageMaker has: for a script on a plain machine, without a service around it. */
export const MACHINE_TYPES: readonly InstanceType[] = INSTANCE_TYPES.map((type) => {
  const name = type.name.replace(/^ml\./, "");
  return { ...type, name, usdPerHour: USD_PER_HOUR[name], uses: [] };
});
