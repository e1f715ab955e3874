import type { Channel, CreateTrainingJobRequest, DescribeTrainingJobCommandOutput, Tag, TrainingInstanceType } from "@aws-sdk/client-sagemaker";
import { systemClock, type Clock } from "../shared/clock.ts";
import type { Clients } from "./clients.ts";
import { createFitProgress, type ProgressTerminal } from "./fit-progress.ts";
import { followTrainingLog, type LogLine } from "./follow-log.ts";
import { Model } from "./model.ts";
import { uploadSource, type Script } from "./source-archive.ts";
import { describeTrainingJob, untilTrained } from "./training-job.ts";

export interface EstimatorOptions {
  /** Image URI: a built-in algorithm's, or a framework's for a script. */
  readonly image: string;
  /** ARN of the role that the job takes on. */
  readonly role: string;
  readonly instanceType: string;
  /** 1 when not given. */
  readonly instanceCount?: number;
  /** `s3://bucket/prefix` under which artifacts are written, and the script's archive. */
  readonly outputPath: string;
  readonly hyperparameters?: Readonly<Record<string, string | number | boolean>>;
  readonly metricDefinitions?: readonly { readonly name: string; readonly regex: string }[];
  /** Script mode: what to run instead of a built-in algorithm. */
  readonly script?: Script;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds; a day when not given, as AWS has it. */
  readonly maxRuntimeSeconds?: number;
  readonly volumeGiB?: number;
  /** Managed spot training: how long the job may take with all its waiting, at least `maxRuntimeSeconds`. Give a `checkpointUri` too, from which it goes on. */
  readonly spot?: { readonly maxWaitSeconds: number };
  /** `s3://bucket/prefix` whose content is `/opt/ml/checkpoints` in the job, both ways. */
  readonly checkpointUri?: string;
  /** How often the job is begun again after a fault of the service's own (RetryStrategy). */
  readonly retries?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Beginning of the jobs' names; the time follows. `training` when not given. */
  readonly baseJobName?: string;
}

export interface FitOptions {
  readonly jobName?: string;
  /** Every line of the job's log, while it runs. */
  readonly onLine?: (line: LogLine) => void;
  /** The job's own sentence on what it is doing, whenever it changes. */
  readonly onStatus?: (message: string) => void;
  /** Live lines and a progress bar: on `process.stderr` unless `false` or another terminal is given, and only where that is a terminal. */
  readonly progress?: false | ProgressTerminal;
}

/** Channels by name: an S3 prefix, or a whole Channel. */
export type Inputs = Readonly<Record<string, string | Channel>>;

/** A job that completed. */
export interface TrainedJob {
  readonly jobName: string;
  /** `s3://…/model.tar.gz` */
  readonly artifact: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly billableSeconds: number;
}

const DAY_SECONDS = 86_400;
const MAX_BASE_NAME = 40;

/** Trains on a target, local or AWS: only `clients` says which. Named after the SageMaker Python SDK's class, and used like it. */
export class Estimator {
  readonly #clients: Clients;
  readonly #options: EstimatorOptions;
  readonly #clock: Clock;
  #latest: TrainedJob | undefined;

  constructor(clients: Clients, options: EstimatorOptions, clock: Clock = systemClock) {
    this.#clients = clients;
    this.#options = options;
    this.#clock = clock;
  }

  /** An estimator of a job that completed, to deploy it. Throws when there is no such job or it did not complete. */
  static async attach(clients: Clients, jobName: string): Promise<Estimator> {
    const job = await describeTrainingJob(clients, jobName);
    if (!job) throw new Error(`There is no training job ${jobName}.`);
    if (job.TrainingJobStatus !== "Completed") throw new Error(`The training job ${jobName} is ${String(job.TrainingJobStatus)}; only one that is Completed has a model.`);
    const estimator = new Estimator(clients, {
      image: job.AlgorithmSpecification?.TrainingImage ?? "", role: job.RoleArn ?? "", outputPath: job.OutputDataConfig?.S3OutputPath ?? "",
      instanceType: job.ResourceConfig?.InstanceType ?? "", instanceCount: job.ResourceConfig?.InstanceCount ?? 1, hyperparameters: job.HyperParameters ?? {},
    });
    estimator.#latest = trainedJob(job);
    return estimator;
  }

  /** The job that `fit` or `attach` ended with. */
  get latest(): TrainedJob {
    if (this.#latest === undefined) throw new Error("The estimator has not been fitted: call fit() or attach() first.");
    return this.#latest;
  }

  /**
   * Starts a training job on channels (name → S3 prefix, or a whole Channel) and waits for its end. Throws with the job's
   * FailureReason when it did not complete.
   */
  async fit(inputs: Inputs, { jobName = this.#newName(), onLine, onStatus, progress: terminal = process.stderr }: FitOptions = {}): Promise<TrainedJob> {
    const { CreateTrainingJobCommand } = await import("@aws-sdk/client-sagemaker");
    await (await this.#clients.sagemaker()).send(new CreateTrainingJobCommand({ TrainingJobName: jobName, Tags: this.tagList, ...(await this.request(inputs, jobName)) }));
    const progress = terminal === false ? undefined : createFitProgress(terminal, this.#clock);
    const readLog = (onLine ?? progress) && followTrainingLog(this.#clients, jobName);
    let said: string | undefined;
    const job = await untilTrained(this.#clients, jobName, async (now) => {
      const { SecondaryStatusTransitions = [], SecondaryStatus } = now;
      const message = SecondaryStatusTransitions.at(-1)?.StatusMessage ?? String(SecondaryStatus);
      if (message !== said) onStatus?.(said = message);
      for (const line of (await readLog?.()) ?? []) {
        onLine?.(line);
        progress?.line(line);
      }
      progress?.job(now);
    }).finally(() => progress?.end());
    return this.#latest = trainedJob(job);
  }

  /**
   * What a job of this estimator asks for, without its name and tags; uploads the script under `archiveName`. A tuner makes its
   * definition of it.
   */
  async request(inputs: Inputs, archiveName: string): Promise<Omit<CreateTrainingJobRequest, "TrainingJobName" | "Tags">> {
    const { image, role, instanceType, instanceCount = 1, outputPath, metricDefinitions, environment, maxRuntimeSeconds = DAY_SECONDS, volumeGiB = 30, spot, checkpointUri, retries } = this.#options;
    return {
      RoleArn: role,
      AlgorithmSpecification: {
        TrainingImage: image, TrainingInputMode: "File",
        MetricDefinitions: metricDefinitions?.map(({ name, regex }) => ({ Name: name, Regex: regex })),
      },
      // AWS refuses an empty list.
      ...(Object.keys(inputs).length > 0 && { InputDataConfig: Object.entries(inputs).map(([name, input]) => (typeof input === "string" ? wholePrefix(name, input) : { ...input, ChannelName: name })) }),
      OutputDataConfig: { S3OutputPath: outputPath },
      ResourceConfig: { InstanceType: instanceType as TrainingInstanceType, InstanceCount: instanceCount, VolumeSizeInGB: volumeGiB },
      StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeSeconds, ...(spot !== undefined && { MaxWaitTimeInSeconds: spot.maxWaitSeconds }) },
      ...(spot !== undefined && { EnableManagedSpotTraining: true }),
      ...(checkpointUri !== undefined && { CheckpointConfig: { S3Uri: checkpointUri } }),
      ...(retries !== undefined && { RetryStrategy: { MaximumRetryAttempts: retries } }),
      HyperParameters: await this.#hyperparameters(archiveName),
      Environment: environment,
    };
  }

  get tagList(): Tag[] {
    return Object.entries(this.#options.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  }

  /** The trained model, for `deploy`. Of another image than the one that trained: `{ image: "…pytorch-inference:2.1-cpu-py310" }`. */
  model(changes: { readonly image?: string; readonly environment?: Readonly<Record<string, string>> } = {}): Model {
    return new Model(this.#clients, { image: this.#options.image, role: this.#options.role, artifact: this.latest.artifact, ...changes }, this.#clock);
  }

  /** As the training toolkit reads them: with a script every value is JSON, its own settings too. */
  async #hyperparameters(archiveName: string): Promise<Record<string, string>> {
    const { hyperparameters = {}, script, outputPath } = this.#options;
    const entries = Object.entries(hyperparameters);
    if (script === undefined) return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
    const archive = await uploadSource(this.#clients, script, `${outputPath.replace(/\/$/, "")}/${archiveName}/source/sourcedir.tar.gz`);
    return Object.fromEntries([...entries, ["sagemaker_program", script.entryPoint], ["sagemaker_submit_directory", archive]].map(([name, value]) => [name, JSON.stringify(value)]));
  }

  #newName(): string {
    const time = new Date(this.#clock.now()).toISOString().replaceAll(/[^0-9]+/g, "-").replace(/-$/, "");
    return `${(this.#options.baseJobName ?? "training").slice(0, MAX_BASE_NAME)}-${time}`;
  }
}

const wholePrefix = (ChannelName: string, S3Uri: string): Channel =>
  ({ ChannelName, DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri, S3DataDistributionType: "FullyReplicated" } } });

export const trainedJob = (job: DescribeTrainingJobCommandOutput): TrainedJob => ({
  jobName: job.TrainingJobName ?? "",
  artifact: job.ModelArtifacts?.S3ModelArtifacts ?? "",
  metrics: Object.fromEntries((job.FinalMetricDataList ?? []).map(({ MetricName = "", Value = 0 }) => [MetricName, Value])),
  billableSeconds: job.BillableTimeInSeconds ?? 0,
});
