import type { CollectionConfiguration, CreateTrainingJobRequest, DebugRuleConfiguration } from "@aws-sdk/client-sagemaker";

import type { RuleName } from "./define.ts";

type Collection = "losses" | "gradients" | "weights" | "biases" | "relu_output";

/** Debugger's rules, with the tensors that they look at; the profiler's look at the machines. https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-built-in-rules.html */
export const RULES = {
  LossNotDecreasing: ["losses"], Overfit: ["losses"], Overtraining: ["losses"], StalledTrainingRule: ["losses"], ClassImbalance: ["losses"], VanishingGradient: ["gradients"], ExplodingTensor: ["losses", "gradients", "weights"],
  PoorWeightInitialization: ["losses", "gradients", "weights"], DeadRelu: ["relu_output"], UnchangedTensor: ["gradients", "weights"], AllZero: ["gradients", "weights"],
  ProfilerReport: "profiler", CPUBottleneck: "profiler", LowGPUUtilization: "profiler", OverallSystemUsage: "profiler", MaxInitializationTime: "profiler", StepOutlier: "profiler", IOBottleneck: "profiler",
} as const satisfies Readonly<Record<RuleName, readonly Collection[] | "profiler">>;

export interface ProjectRule {
  readonly rule: RuleName;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stopTraining: boolean;
}

/** Accounts that hold the image of the built-in rules, by region: image_uri_config/debugger.json of aws/sagemaker-python-sdk. */
const REGISTRIES: Readonly<Record<string, string>> = {
  "us-east-1": "503895931360", "us-east-2": "915447279597", "us-west-1": "685455198987", "us-west-2": "895741380848",
  "eu-west-1": "929884845733", "eu-west-2": "250201462417", "eu-west-3": "447278800020", "eu-central-1": "482524230118", "eu-north-1": "314864569078",
  "ap-south-1": "904829902805", "ap-southeast-1": "972752614525", "ap-southeast-2": "184798709955", "ap-northeast-1": "430734990657", "ap-northeast-2": "578805364391",
  "ca-central-1": "519511493484", "sa-east-1": "818342061345",
};

export interface RulePlace {
  readonly region: string;
  /** `s3://bucket/prefix` that the job's role may write to. */
  readonly output: string;
  readonly jobName: string;
}

/** What a training job asks for to be judged by these rules. Throws for a region whose registry is not known. */
export function ruleRequest(rules: readonly ProjectRule[] | undefined, saveInterval: number | undefined, { region, output, jobName }: RulePlace): Partial<CreateTrainingJobRequest> {
  if (rules === undefined) return {};
  const account = REGISTRIES[region];
  if (account === undefined) throw new Error(`the registry of Debugger's rules in ${region} is not known; known regions: ${Object.keys(REGISTRIES).join(", ")}`);
  const image = `${account}.dkr.ecr.${region}.amazonaws.com/sagemaker-debugger-rules:latest`;
  const configurations = (profiler: boolean): DebugRuleConfiguration[] => rules.filter(({ rule }) => (RULES[rule] === "profiler") === profiler).map(({ rule, parameters, stopTraining }) => ({
    RuleConfigurationName: rule, RuleEvaluatorImage: image,
    // As rule_configs.StopTraining() of the SageMaker Python SDK has it.
    RuleParameters: { rule_to_invoke: rule, ...parameters, ...(stopTraining && { action_json: JSON.stringify([{ name: "stoptraining", parameters: { training_job_prefix: jobName } }]) }) },
  }));
  const [debug, profiler] = [configurations(false), configurations(true)];
  const collections = new Set(rules.flatMap(({ rule }): readonly Collection[] => (RULES[rule] === "profiler" ? [] : RULES[rule])));
  return {
    ...(debug.length > 0 && {
      DebugRuleConfigurations: debug,
      DebugHookConfig: {
        S3OutputPath: `${output}/tensors`, CollectionConfigurations: [...collections].map(collectionOf),
        ...(saveInterval !== undefined && { HookParameters: { save_interval: String(saveInterval) } }),
      },
    }),
    ...(profiler.length > 0 && { ProfilerRuleConfigurations: profiler, ProfilerConfig: { S3OutputPath: `${output}/profiler` } }),
  };
}

/** relu_output is none of Debugger's own collections: it says what belongs to it. */
const collectionOf = (name: Collection): CollectionConfiguration => ({ CollectionName: name, ...(name === "relu_output" && { CollectionParameters: { include_regex: ".*relu_output" } }) });
