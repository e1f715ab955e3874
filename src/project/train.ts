import { createHash } from "node:crypto";
import type { Channel, DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { Clients } from "../sdk/clients.ts";
import { trainedJob, type TrainedJob } from "../sdk/estimator.ts";
import { describeTrainingJob, untilTrained } from "../sdk/training-job.ts";
import { isArtifactThere } from "./artifact.ts";
import type { DataSet, Split } from "./images.ts";
import { shortHash } from "./names.ts";
import type { StepReport } from "./progress.ts";
import type { Project, Tuning } from "./schema.ts";
import { bestJob, tune, tuningName } from "./tune.ts";
import { listPrefix, splitPrefix } from "./upload.ts";
import { algorithmImage } from "./image-uri.ts";

export interface TrainingPlan {
  readonly project: Project;
  readonly data: DataSet;
  readonly bucket: string;
  readonly roleArn: string;
}

/** A job that completed. */
export interface TrainedModel extends TrainedJob {
  readonly image: string;
  /** Found completed from an earlier time. */
  readonly reused: boolean;
  /** The tuning job whose best it is. */
  readonly tuningJob?: string;
}

/**
 * Trains, or finds what was trained: the job's name follows from everything that decides its result, so the same project
 * asks for the same job, wherever it was interrupted. One that failed, or whose artifact went with its bucket, is done again
 * under the next number.
 */
export async function train(clients: Clients, plan: TrainingPlan, report: StepReport): Promise<TrainedModel> {
  const { CreateTrainingJobCommand } = await import("@aws-sdk/client-sagemaker");
  const client = await clients.sagemaker();
  const image = algorithmImage(plan.project.training.algorithm, clients.target.region);
  const base = `${plan.project.name}-${shortHash(recipeHash(plan))}`;
  const { tuning } = plan.project.training;
  if (tuning !== undefined) return tunedModel(clients, { plan, tuning, image }, report);
  for (let attempt = 1; ; attempt += 1) {
    const jobName = attempt === 1 ? base : `${base}-${attempt}`;
    const found = await describeTrainingJob(clients, jobName);
    if (found?.TrainingJobStatus === "Failed" || found?.TrainingJobStatus === "Stopped") continue;
    if (found?.TrainingJobStatus === "Completed") {
      const model = modelOf(found, image, true);
      if (await isArtifactThere(clients, model.artifact)) return model;
      continue;
    }
    if (!found) await client.send(new CreateTrainingJobCommand(requestFor(plan, { jobName, image })));
    const job = await untilTrained(clients, jobName, (now) => report.detail(now.SecondaryStatusTransitions?.at(-1)?.StatusMessage ?? String(now.SecondaryStatus)));
    return modelOf(job, image, false);
  }
}

/** The best of a search; with the billable seconds of all its training jobs. A search whose artifact went with its bucket is done again under the next number. */
async function tunedModel(clients: Clients, { plan, tuning, image }: { readonly plan: TrainingPlan; readonly tuning: Tuning; readonly image: string }, report: StepReport): Promise<TrainedModel> {
  for (let attempt = 1; ; attempt += 1) {
    const name = tuningName(plan.project.name, `${shortHash(recipeHash(plan))}${attempt === 1 ? "" : `-${attempt}`}`);
    const tuned = await tune(clients, { name, tuning, request: requestFor(plan, { jobName: "", image }) }, report);
    const model = { ...modelOf(await bestJob(clients, tuned.best), image, tuned.reused), billableSeconds: tuned.billableSeconds, tuningJob: name };
    if (!tuned.reused || await isArtifactThere(clients, model.artifact)) return model;
  }
}

const recipeHash = ({ project, data }: TrainingPlan): string =>
  createHash("sha256").update(JSON.stringify([project.training, data.fingerprint])).digest("hex");

function requestFor({ project, data, bucket, roleArn }: TrainingPlan, { jobName, image }: { readonly jobName: string; readonly image: string }) {
  const { training } = project;
  return {
    TrainingJobName: jobName,
    RoleArn: roleArn,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: "File" as const },
    InputDataConfig: [
      channel("train", bucket, splitPrefix(data, "train")), channel("validation", bucket, splitPrefix(data, "validation")),
      channel("train_lst", bucket, listPrefix(data, "train")), channel("validation_lst", bucket, listPrefix(data, "validation")),
    ],
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/training` },
    ResourceConfig: { InstanceType: training.instances.type as "ml.m5.xlarge", InstanceCount: training.instances.count, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: training.maxRuntimeSeconds },
    HyperParameters: {
      num_classes: String(data.classes.length),
      num_training_samples: String(countOf(data, "train")),
      ...training.hyperparameters,
    },
  };
}

const countOf = (data: DataSet, split: Split): number => data.pictures.filter((picture) => picture.split === split).length;

const channel = (name: string, bucket: string, prefix: string): Channel => ({
  ChannelName: name, ContentType: "application/x-image", InputMode: "File", CompressionType: "None",
  DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/${prefix}`, S3DataDistributionType: "FullyReplicated" } },
});

const modelOf = (job: DescribeTrainingJobCommandOutput, image: string, reused: boolean): TrainedModel => ({ ...trainedJob(job), image, reused });
