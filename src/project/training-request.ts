import type { Channel, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { DataSet, Split } from "./images.ts";
import { ruleRequest } from "./rules.ts";
import type { Project } from "./schema.ts";
import type { Source } from "./source.ts";
import { listPrefix, splitPrefix } from "./upload.ts";

export interface TrainingPlan {
  readonly project: Project;
  readonly data: DataSet;
  readonly bucket: string;
  readonly roleArn: string;
  readonly region: string;
  readonly source: Source | undefined;
}

/** What a project asks of a training job. `name` is the job's, or the search's. */
export function trainingRequest(plan: TrainingPlan, { name, image }: { readonly name: string; readonly image: string }) {
  const { project: { training }, data, bucket, roleArn, region } = plan;
  const output = `s3://${bucket}/training`;
  const metrics = Object.entries(training.script?.metrics ?? {}).map(([Name, Regex]) => ({ Name, Regex }));
  return {
    TrainingJobName: name,
    RoleArn: roleArn,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: "File" as const, ...(metrics.length > 0 && { MetricDefinitions: metrics }) },
    InputDataConfig: [
      channel("train", bucket, splitPrefix(data, "train")), channel("validation", bucket, splitPrefix(data, "validation")),
      channel("train_lst", bucket, listPrefix(data, "train")), channel("validation_lst", bucket, listPrefix(data, "validation")),
    ],
    OutputDataConfig: { S3OutputPath: output },
    ResourceConfig: { InstanceType: training.instances.type as "ml.m5.xlarge", InstanceCount: training.instances.count, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: training.maxRuntimeSeconds, ...(training.spot !== undefined && { MaxWaitTimeInSeconds: training.spot.maxWaitSeconds }) },
    ...(training.spot !== undefined && { EnableManagedSpotTraining: true, CheckpointConfig: { S3Uri: `${output}/checkpoints/${name}` } }),
    ...ruleRequest(training.rules, training.saveInterval, { region, output, jobName: name }),
    HyperParameters: hyperparametersOf(plan),
  } satisfies CreateTrainingJobRequest;
}

/** As the training toolkit reads them: a script's values are JSON, its settings too. */
function hyperparametersOf({ project: { training }, data, bucket, source }: TrainingPlan): Record<string, string> {
  const { script, instances, hyperparameters } = training;
  if (script === undefined || source === undefined) {
    const counted = { num_classes: String(data.classes.length), num_training_samples: String(countOf(data, "train")) };
    return { ...counted, ...Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [name, String(value)])) };
  }
  const settings = {
    sagemaker_program: script.entry, sagemaker_submit_directory: `s3://${bucket}/${source.key}`,
    ...(script.distribution === "torch_distributed" && { sagemaker_torch_distributed_enabled: true, sagemaker_instance_type: instances.type }),
  };
  return Object.fromEntries(Object.entries({ ...hyperparameters, ...settings }).map(([name, value]) => [name, JSON.stringify(value)]));
}

const countOf = (data: DataSet, split: Split): number => data.pictures.filter((picture) => picture.split === split).length;

const channel = (name: string, bucket: string, prefix: string): Channel => ({
  ChannelName: name, ContentType: "application/x-image", InputMode: "File", CompressionType: "None",
  DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/${prefix}`, S3DataDistributionType: "FullyReplicated" } },
});
