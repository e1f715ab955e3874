import type { CreateTrainingJobRequest, DescribeHyperParameterTuningJobCommandOutput, HyperParameterTrainingJobDefinition, HyperParameterTrainingJobSummary } from "@aws-sdk/client-sagemaker";
import type { Milliseconds } from "../base/instant.ts";
import type { Clients } from "../sdk/clients.ts";
import { describeTrainingJob } from "../sdk/training-job.ts";
import { categorical, continuous, integer, parameterRanges, type ParameterRange } from "../sdk/tuner.ts";
import type { StepReport } from "./progress.ts";
import type { Tuning } from "./training-schema.ts";

const POLL: Milliseconds = 500;
/** AWS's limit of a tuning job's name. */
const MAX_NAME = 32;

/** The training job that a search ended with, and what all of them cost. */
export interface Tuned {
  readonly best: string;
  /** Of all training jobs together. */
  readonly billableSeconds: number;
  readonly reused: boolean;
}

export const tuningName = (project: string, hash: string): string => `${project.slice(0, MAX_NAME - hash.length - 1)}-${hash}`;

/** Searches, or finds what was searched: the name follows from everything that decides the result. Throws with the tuning job's own reason. */
export async function tune(clients: Clients, { name, tuning, json, request }: { readonly name: string; readonly tuning: Tuning; readonly json: boolean; readonly request: CreateTrainingJobRequest }, report: StepReport): Promise<Tuned> {
  const { CreateHyperParameterTuningJobCommand } = await import("@aws-sdk/client-sagemaker");
  const found = await describeTuning(clients, name);
  if (!found) await (await clients.sagemaker()).send(new CreateHyperParameterTuningJobCommand(requestFor(name, { tuning, json }, request)));
  for (;;) {
    const job = await describeTuning(clients, name);
    if (!job) throw new Error(`the tuning job ${name} is gone`);
    const { HyperParameterTuningJobStatus: status, TrainingJobStatusCounters: counters = {}, BestTrainingJob: best } = job;
    if (status === "Completed" && best?.TrainingJobName !== undefined) return { best: best.TrainingJobName, billableSeconds: job.ConsumedResources?.RuntimeInSeconds ?? 0, reused: found?.HyperParameterTuningJobStatus === "Completed" };
    if (status !== "InProgress" && status !== "Stopping") throw new Error(`The tuning job ${name} ended as ${String(status)}: ${job.FailureReason ?? "no training job has an objective"}\nWhat to do: sagebrush review --tuning ${name}`);
    const ended = (counters.Completed ?? 0) + (counters.Stopped ?? 0) + (counters.NonRetryableError ?? 0) + (counters.RetryableError ?? 0);
    report.detail(`${ended}${tuning.maxJobs === undefined ? "" : ` of ${tuning.maxJobs}`} training jobs${bestSoFar(best)}`);
    await clients.pause(POLL);
  }
}

function bestSoFar(best: HyperParameterTrainingJobSummary | undefined): string {
  const value = best?.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  return value === undefined ? "" : `, best ${value.toPrecision(4)} with ${Object.entries(best?.TunedHyperParameters ?? {}).map(([key, text]) => `${key} ${text}`).join(", ")}`;
}

async function describeTuning(clients: Clients, name: string): Promise<DescribeHyperParameterTuningJobCommandOutput | undefined> {
  const { DescribeHyperParameterTuningJobCommand } = await import("@aws-sdk/client-sagemaker");
  try {
    return await (await clients.sagemaker()).send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
  } catch (error) {
    if ((error as Error).name === "ResourceNotFound") return undefined;
    throw error;
  }
}

function requestFor(name: string, { tuning, json }: { readonly tuning: Tuning; readonly json: boolean }, { TrainingJobName: _name, HyperParameters, ...request }: CreateTrainingJobRequest) {
  const ranges = Object.fromEntries(Object.entries(tuning.ranges).map(([key, range]) => [key, rangeOf(range, json)]));
  return {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobConfig: {
      Strategy: tuning.strategy,
      HyperParameterTuningJobObjective: { Type: tuning.objective.type, MetricName: tuning.objective.metric },
      ResourceLimits: { MaxNumberOfTrainingJobs: tuning.maxJobs, MaxParallelTrainingJobs: tuning.maxParallelJobs },
      ParameterRanges: parameterRanges(ranges),
      TrainingJobEarlyStoppingType: tuning.earlyStopping ? "Auto" as const : "Off" as const,
      RandomSeed: tuning.seed,
    },
    TrainingJobDefinition: { ...request, StaticHyperParameters: Object.fromEntries(Object.entries(HyperParameters ?? {}).filter(([key]) => !Object.hasOwn(ranges, key))) } as HyperParameterTrainingJobDefinition,
  };
}

/** A script's values are JSON, as the SageMaker Python SDK writes them. */
function rangeOf(range: Tuning["ranges"][string], json: boolean): ParameterRange {
  if ("values" in range) return categorical(json ? range.values.map((value) => JSON.stringify(value)) : range.values);
  return range.integer ? integer(range.min, range.max, range.scaling) : continuous(range.min, range.max, range.scaling);
}

/** The best training job as it is described; it was there when the search ended. */
export async function bestJob(clients: Clients, name: string): Promise<NonNullable<Awaited<ReturnType<typeof describeTrainingJob>>>> {
  const job = await describeTrainingJob(clients, name);
  if (!job) throw new Error(`the training job ${name}, the best of its search, is gone`);
  return job;
}
