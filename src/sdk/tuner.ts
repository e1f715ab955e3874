import type { DescribeHyperParameterTuningJobCommandOutput, HyperParameterTrainingJobDefinition, HyperParameterTrainingJobSummary, HyperParameterTuningJobStrategyType, ParameterRanges } from "@aws-sdk/client-sagemaker";
import type { Milliseconds } from "../base/instant.ts";
import { systemClock, type Clock } from "../shared/clock.ts";
import type { Clients } from "./clients.ts";
import { Estimator, type Inputs } from "./estimator.ts";

/** How a range of numbers is searched; Auto leaves it to the service. */
type Scaling = "Auto" | "Linear" | "Logarithmic" | "ReverseLogarithmic";

/** What may be tried for one hyperparameter: made by `continuous`, `integer` and `categorical`. */
export type ParameterRange =
  | { readonly kind: "continuous" | "integer"; readonly min: number; readonly max: number; readonly scaling: Scaling }
  | { readonly kind: "categorical"; readonly values: readonly string[] };

/** Any number from `min` to `max`. */
export const continuous = (min: number, max: number, scaling: Scaling = "Auto"): ParameterRange => ({ kind: "continuous", min, max, scaling });
/** Any whole number from `min` to `max`, both included. */
export const integer = (min: number, max: number, scaling: Scaling = "Auto"): ParameterRange => ({ kind: "integer", min, max, scaling });
/** One of these. */
export const categorical = (values: readonly (string | number)[]): ParameterRange => ({ kind: "categorical", values: values.map(String) });

export interface TunerOptions {
  /** A metric of the estimator's definitions (or of its built-in algorithm), and whether less or more of it is better. */
  readonly objective: { readonly metric: string; readonly type: "Minimize" | "Maximize" };
  readonly ranges: Readonly<Record<string, ParameterRange>>;
  /** Bayesian when not given. */
  readonly strategy?: HyperParameterTuningJobStrategyType;
  /** Left out for Grid, or where `maxRuntimeSeconds`, `target` or `notImproving` ends the search. */
  readonly maxJobs?: number;
  /** 1 when not given. */
  readonly maxParallelJobs?: number;
  readonly maxRuntimeSeconds?: number;
  /** `Auto`: the median rule. Off when not given. */
  readonly earlyStopping?: "Off" | "Auto";
  /** The same seed tries the same values. */
  readonly seed?: number;
  /** Epochs, for Hyperband. */
  readonly hyperband?: { readonly minResource?: number; readonly maxResource?: number };
  /** The search ends when the objective has reached this. */
  readonly target?: number;
  /** The search ends after so many training jobs that brought no improvement of 1 % or more. */
  readonly notImproving?: number;
  readonly warmStart?: { readonly type: "IdenticalDataAndAlgorithm" | "TransferLearning"; readonly parents: readonly string[] };
}

/** A training job of the search. */
export interface Trial {
  readonly jobName: string;
  /** The service's own: InProgress, Completed, Failed, Stopping, Stopped. */
  readonly status: string;
  readonly values: Readonly<Record<string, string>>;
  readonly objective: number | undefined;
  readonly failureReason: string | undefined;
  readonly seconds: number | undefined;
}

export interface TuneOptions {
  /** At most 32 characters. */
  readonly jobName?: string;
  /** Each training job when it has ended. */
  readonly onTrial?: (trial: Trial) => void;
}

/** A search that has ended. */
export interface TunedJob {
  readonly jobName: string;
  readonly status: "Completed" | "Stopped";
  /** Absent when it was stopped before any training job had an objective. */
  readonly best: Trial | undefined;
  readonly trials: readonly Trial[];
}

const POLL: Milliseconds = 500;
/** AWS's limit of a tuning job's name. */
const MAX_NAME = 32;

/** Searches for the best hyperparameters of an estimator. Named after the SageMaker Python SDK's class, and used like it. */
export class HyperparameterTuner {
  readonly #clients: Clients;
  readonly #estimator: Estimator;
  readonly #options: TunerOptions;
  readonly #clock: Clock;
  #latest: TunedJob | undefined;

  constructor(clients: Clients, estimator: Estimator, options: TunerOptions, clock: Clock = systemClock) {
    this.#clients = clients;
    this.#estimator = estimator;
    this.#options = options;
    this.#clock = clock;
  }

  /** The search that `fit` ended with. */
  get latest(): TunedJob {
    if (this.#latest === undefined) throw new Error("The tuner has not been fitted: call fit() first.");
    return this.#latest;
  }

  /** Starts a tuning job on channels and waits for its end. Throws with its FailureReason when it failed. */
  async fit(inputs: Inputs, { jobName = this.#newName(), onTrial }: TuneOptions = {}): Promise<TunedJob> {
    const { CreateHyperParameterTuningJobCommand } = await import("@aws-sdk/client-sagemaker");
    const { HyperParameters, ...request } = await this.#estimator.request(inputs, jobName);
    const { objective, ranges, strategy = "Bayesian", maxJobs, maxParallelJobs = 1, maxRuntimeSeconds, earlyStopping, seed, hyperband, target, notImproving, warmStart } = this.#options;
    await (await this.#clients.sagemaker()).send(new CreateHyperParameterTuningJobCommand({
      HyperParameterTuningJobName: jobName,
      HyperParameterTuningJobConfig: {
        Strategy: strategy,
        HyperParameterTuningJobObjective: { Type: objective.type, MetricName: objective.metric },
        ResourceLimits: { MaxNumberOfTrainingJobs: maxJobs, MaxParallelTrainingJobs: maxParallelJobs, MaxRuntimeInSeconds: maxRuntimeSeconds },
        ParameterRanges: parameterRanges(ranges),
        TrainingJobEarlyStoppingType: earlyStopping,
        RandomSeed: seed,
        ...(hyperband !== undefined && { StrategyConfig: { HyperbandStrategyConfig: { MinResource: hyperband.minResource, MaxResource: hyperband.maxResource } } }),
        ...((target !== undefined || notImproving !== undefined) && {
          TuningJobCompletionCriteria: { TargetObjectiveMetricValue: target, ...(notImproving !== undefined && { BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: notImproving } }) },
        }),
      },
      // The hyperparameters that are searched leave the fixed ones.
      TrainingJobDefinition: { ...request, StaticHyperParameters: Object.fromEntries(Object.entries(HyperParameters ?? {}).filter(([name]) => !Object.hasOwn(ranges, name))) } as HyperParameterTrainingJobDefinition,
      Tags: this.#estimator.tagList,
      ...(warmStart !== undefined && {
        WarmStartConfig: { WarmStartType: warmStart.type, ParentHyperParameterTuningJobs: warmStart.parents.map((HyperParameterTuningJobName) => ({ HyperParameterTuningJobName })) },
      }),
    }));
    return this.#latest = await tunedJob(this.#clients, jobName, onTrial);
  }

  /** Takes up a tuning job by its name, running or ended, and waits for its end. */
  static async attach(clients: Clients, jobName: string, { onTrial }: Pick<TuneOptions, "onTrial"> = {}): Promise<TunedJob> {
    return tunedJob(clients, jobName, onTrial);
  }

  /** An estimator of the best training job, to deploy it. Throws when there is none. */
  async bestEstimator(): Promise<Estimator> {
    const { best, jobName } = this.latest;
    if (best === undefined) throw new Error(`The tuning job ${jobName} has no best training job.`);
    return Estimator.attach(this.#clients, best.jobName);
  }

  #newName(): string {
    return `tuning-${new Date(this.#clock.now()).toISOString().replaceAll(/[^0-9]+/g, "").slice(2, 17)}`.slice(0, MAX_NAME);
  }
}

async function tunedJob(clients: Clients, jobName: string, onTrial?: (trial: Trial) => void): Promise<TunedJob> {
  const { DescribeHyperParameterTuningJobCommand } = await import("@aws-sdk/client-sagemaker");
  const told = new Set<string>();
  for (;;) {
    const job: DescribeHyperParameterTuningJobCommandOutput = await (await clients.sagemaker()).send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: jobName }));
    const ended = job.HyperParameterTuningJobStatus !== "InProgress" && job.HyperParameterTuningJobStatus !== "Stopping";
    const trials = ended || onTrial !== undefined ? await allTrials(clients, jobName) : [];
    for (const trial of trials) {
      if (told.has(trial.jobName) || trial.status === "InProgress" || trial.status === "Stopping") continue;
      told.add(trial.jobName);
      onTrial?.(trial);
    }
    if (job.HyperParameterTuningJobStatus === "Failed") throw new Error(`The tuning job ${jobName} failed: ${job.FailureReason ?? "no reason given"}`);
    if (ended) return { jobName, status: job.HyperParameterTuningJobStatus as TunedJob["status"], best: job.BestTrainingJob && trialOf(job.BestTrainingJob), trials };
    await clients.pause(POLL);
  }
}

async function allTrials(clients: Clients, jobName: string): Promise<readonly Trial[]> {
  const { paginateListTrainingJobsForHyperParameterTuningJob } = await import("@aws-sdk/client-sagemaker");
  const trials: Trial[] = [];
  for await (const { TrainingJobSummaries = [] } of paginateListTrainingJobsForHyperParameterTuningJob({ client: await clients.sagemaker(), pageSize: 100 }, { HyperParameterTuningJobName: jobName, SortBy: "CreationTime" })) {
    trials.push(...TrainingJobSummaries.map(trialOf));
  }
  return trials;
}

const trialOf = (summary: HyperParameterTrainingJobSummary): Trial => ({
  jobName: summary.TrainingJobName ?? "",
  status: summary.TrainingJobStatus ?? "",
  values: summary.TunedHyperParameters ?? {},
  objective: summary.FinalHyperParameterTuningJobObjectiveMetric?.Value,
  failureReason: summary.FailureReason,
  seconds: summary.TrainingStartTime && summary.TrainingEndTime ? (summary.TrainingEndTime.getTime() - summary.TrainingStartTime.getTime()) / 1000 : undefined,
});

/** The ranges as CreateHyperParameterTuningJob takes them. */
export function parameterRanges(ranges: TunerOptions["ranges"]): ParameterRanges {
  const entries = Object.entries(ranges);
  const numbers = (kind: "continuous" | "integer") => entries.flatMap(([Name, range]) =>
    (range.kind === kind ? [{ Name, MinValue: String(range.min), MaxValue: String(range.max), ScalingType: range.scaling }] : []));
  return {
    ContinuousParameterRanges: numbers("continuous"), IntegerParameterRanges: numbers("integer"),
    CategoricalParameterRanges: entries.flatMap(([Name, range]) => (range.kind === "categorical" ? [{ Name, Values: [...range.values] }] : [])),
  };
}
