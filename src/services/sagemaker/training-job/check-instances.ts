import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { refuseIf, requireInstanceType } from "../validate.ts";
import { instancesOf } from "./instances.ts";

/** Checks the instances that a job asks for; the sentences about groups are ours: we found no page that quotes AWS's. */
export function checkInstances(request: CreateTrainingJobRequest, context: Strictness & Pick<SageMakerState, "training">): void {
  const { ResourceConfig: resources, AlgorithmSpecification: algorithm, InputDataConfig: channels = [] } = request;
  const groups = resources?.InstanceGroups ?? [];
  const names = groups.map(({ InstanceGroupName }) => InstanceGroupName ?? "");
  if (groups.length > 0 && (resources?.InstanceType !== undefined || resources?.InstanceCount !== undefined)) throw errors.invalid("Invalid ResourceConfig: InstanceGroups stand in place of InstanceType and InstanceCount.");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw errors.invalid(`Invalid ResourceConfig: two InstanceGroups are named ${twice}.`);
  if (instancesOf(resources).length === 0) throw errors.invalid("Invalid ResourceConfig: the InstanceGroups have no instance.");
  for (const { ChannelName: channel = "", DataSource } of channels) {
    const unknown = (DataSource?.S3DataSource?.InstanceGroupNames ?? []).find((name) => !names.includes(name));
    if (unknown !== undefined) throw errors.invalid(`Invalid channel ${channel}: InstanceGroupNames names ${unknown}, which is not one of the ResourceConfig's InstanceGroups.`);
  }
  const runtime = context.training.findRuntime(algorithm?.TrainingImage ?? "");
  const builtIn = runtime.kind === "found" && runtime.metricDefinitions !== undefined;
  refuseIf(builtIn && groups.length > 0, context, ["ResourceConfig.InstanceGroups", "instance groups of the built-in algorithm"]);
  const divided = channels.find(({ DataSource }) => DataSource?.S3DataSource?.S3DataDistributionType === "ShardedByS3Key");
  refuseIf(builtIn && instancesOf(resources).length > 1 && divided !== undefined, context, [
    `InputDataConfig channel ${divided?.ChannelName ?? ""}: ShardedByS3Key`, "divided pictures for the built-in algorithm: its hosts read the same lists and divide the work themselves; use FullyReplicated",
  ]);
  if (groups.length === 0) requireInstanceType(resources?.InstanceType, "training");
  for (const { InstanceType } of groups) requireInstanceType(InstanceType, "training");
}
