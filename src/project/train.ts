import { createHash } from "node:crypto";
import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { Clients } from "../sdk/clients.ts";
import { trainedJob, type TrainedJob } from "../sdk/estimator.ts";
import { describeTrainingJob, untilTrained } from "../sdk/training-job.ts";
import { isArtifactThere } from "./artifact.ts";
import { shortHash } from "./names.ts";
import type { StepReport } from "./progress.ts";
import { bestJob, tune, tuningName } from "./tune.ts";
import { projectImages, type ProjectImages } from "./image-uri.ts";
import { trainingRequest, type TrainingPlan } from "./training-request.ts";
import { uploadSource } from "./source.ts";
import type { Tuning } from "./training-schema.ts";

/** A job that completed. */
export interface TrainedModel extends TrainedJob {
  /** What serves it. */
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
  const { region, endpoint } = clients.target;
  const images = projectImages(plan.project.training, { region, local: endpoint !== undefined });
  if (plan.source !== undefined) await uploadSource(clients, plan.bucket, plan.source);
  const base = `${plan.project.name}-${shortHash(recipeHash(plan))}`;
  const { tuning } = plan.project.training;
  if (tuning !== undefined) return tunedModel(clients, { plan, tuning, images }, report);
  for (let attempt = 1; ; attempt += 1) {
    const jobName = attempt === 1 ? base : `${base}-${attempt}`;
    const found = await describeTrainingJob(clients, jobName);
    if (found?.TrainingJobStatus === "Failed" || found?.TrainingJobStatus === "Stopped") continue;
    if (found?.TrainingJobStatus === "Completed") {
      const model = modelOf(found, images.serving, true);
      if (await isArtifactThere(clients, model.artifact)) return model;
      continue;
    }
    if (!found) await client.send(new CreateTrainingJobCommand(trainingRequest(plan, { name: jobName, image: images.training })));
    const job = await untilTrained(clients, jobName, (now) => report.detail(now.SecondaryStatusTransitions?.at(-1)?.StatusMessage ?? String(now.SecondaryStatus)));
    return modelOf(job, images.serving, false);
  }
}

/** The best of a search; with the billable seconds of all its training jobs. A search whose artifact went with its bucket is done again under the next number. */
async function tunedModel(clients: Clients, { plan, tuning, images }: { readonly plan: TrainingPlan; readonly tuning: Tuning; readonly images: ProjectImages }, report: StepReport): Promise<TrainedModel> {
  for (let attempt = 1; ; attempt += 1) {
    const name = tuningName(plan.project.name, `${shortHash(recipeHash(plan))}${attempt === 1 ? "" : `-${attempt}`}`);
    const tuned = await tune(clients, { name, tuning, json: plan.source !== undefined, request: trainingRequest(plan, { name, image: images.training }) }, report);
    const model = { ...modelOf(await bestJob(clients, tuned.best), images.serving, tuned.reused), billableSeconds: tuned.billableSeconds, tuningJob: name };
    if (!tuned.reused || await isArtifactThere(clients, model.artifact)) return model;
  }
}

const recipeHash = ({ project, data, source }: TrainingPlan): string =>
  createHash("sha256").update(JSON.stringify([project.training, data.fingerprint, ...(source === undefined ? [] : [source.key])])).digest("hex");

const modelOf = (job: DescribeTrainingJobCommandOutput, image: string, reused: boolean): TrainedModel => ({ ...trainedJob(job), image, reused });
