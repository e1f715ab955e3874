import type { DescribeHyperParameterTuningJobCommandOutput, DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import { findInstanceType } from "../catalogue/instance-types.ts";
import { costOfResources, countAsked, groupsAsked } from "../catalogue/resources.ts";
import type { GroupFacts, JobFacts, Snapshot, TuningFacts } from "../review/index.ts";
import type { Clients } from "../sdk/clients.ts";
import { listNotebooks } from "./notebooks.ts";
import { countClasses, jobLines, scriptText, type JobLog } from "./review-evidence.ts";

/** How many of the latest jobs of a kind are looked at. */
const LATEST = 50;

export interface ReviewScope {
  /** One training job alone. */
  readonly job?: string | undefined;
  /** One tuning job alone. */
  readonly tuning?: string | undefined;
  /** `false`: training jobs alone, those of tuning jobs among them. */
  readonly tunings?: false;
}

/** Gathers what a review looks at, from the AWS API alone: the same here and on AWS. */
export async function takeSnapshot(clients: Clients, { job, tuning, tunings: wanted }: ReviewScope = {}): Promise<Snapshot> {
  const classes = memoized((uri: string) => countClasses(clients, uri));
  if (job !== undefined) return { jobs: [await jobFacts(clients, job, classes)], tunings: [], notebooks: [] };
  if (tuning !== undefined) return { jobs: [], tunings: [await tuningFacts(clients, tuning, classes)], notebooks: [] };
  const { ListHyperParameterTuningJobsCommand, ListTrainingJobsCommand } = await import("@aws-sdk/client-sagemaker");
  const sagemaker = await clients.sagemaker();
  const latest = { MaxResults: LATEST, SortBy: "CreationTime" as const, SortOrder: "Descending" as const };
  const { HyperParameterTuningJobSummaries = [] } = wanted === false ? {} : await sagemaker.send(new ListHyperParameterTuningJobsCommand(latest));
  const tunings: TuningFacts[] = [];
  for (const { HyperParameterTuningJobName = "" } of HyperParameterTuningJobSummaries) tunings.push(await tuningFacts(clients, HyperParameterTuningJobName, classes));
  // A tuning job's training jobs are looked at with it.
  const tuned = new Set(tunings.flatMap(({ trials }) => trials.map(({ name }) => name)));
  const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand(latest));
  const jobs: JobFacts[] = [];
  for (const { TrainingJobName = "" } of TrainingJobSummaries) if (!tuned.has(TrainingJobName)) jobs.push(await jobFacts(clients, TrainingJobName, classes));
  const notebooks = wanted === false ? [] : (await listNotebooks(clients)).map(({ name, status, reason }) => ({ name, status, says: reason }));
  return { jobs, tunings, notebooks };
}

type Classes = (uri: string) => Promise<number | undefined>;

function memoized<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

async function classesOf({ InputDataConfig, HyperParameters = {} }: Pick<DescribeTrainingJobCommandOutput, "InputDataConfig" | "HyperParameters">, classes: Classes): Promise<number | undefined> {
  const said = Number((HyperParameters["num_classes"] ?? HyperParameters["num-classes"] ?? "").replaceAll('"', ""));
  if (Number.isInteger(said) && said > 1) return said;
  const uri = InputDataConfig?.[0]?.DataSource?.S3DataSource?.S3Uri;
  return uri === undefined ? undefined : classes(uri);
}

async function jobFacts(clients: Clients, name: string, classes: Classes): Promise<JobFacts> {
  const { DescribeTrainingJobCommand } = await import("@aws-sdk/client-sagemaker");
  const job = await (await clients.sagemaker()).send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  const { ResourceConfig: resources, HyperParameters: hyperparameters = {}, InputDataConfig: channels = [] } = job;
  const billableSeconds = job.BillableTimeInSeconds ?? 0;
  const { hostLines, usage } = await jobLines(clients, name, { all: countAsked(resources) > 1 });
  const groups = groupFacts(resources, usage);
  return {
    name, status: String(job.TrainingJobStatus), groups, billableSeconds, startSeconds: secondsBetween(job.CreationTime, job.TrainingStartTime), hyperparameters, hostLines,
    usd: costOfResources(resources, billableSeconds),
    metrics: (job.AlgorithmSpecification?.MetricDefinitions ?? []).map(({ Name = "", Regex = "" }) => ({
      name: Name, regex: Regex, value: job.FinalMetricDataList?.find(({ MetricName }) => MetricName === Name)?.Value,
    })),
    classes: await classesOf(job, classes),
    // The built-in algorithm's hosts divide the pictures themselves.
    sharded: /(^|\/)image-classification(:|$)/.test(job.AlgorithmSpecification?.TrainingImage ?? "") || channels.some(({ DataSource }) => DataSource?.S3DataSource?.S3DataDistributionType === "ShardedByS3Key"),
    source: groups.some(({ gpus }) => gpus > 0) ? await scriptText(clients, hyperparameters["sagemaker_submit_directory"]) : undefined,
    rules: [...(job.DebugRuleEvaluationStatuses ?? []), ...(job.ProfilerRuleEvaluationStatuses ?? [])].map((rule) => ({
      name: rule.RuleConfigurationName ?? "", status: String(rule.RuleEvaluationStatus), details: rule.StatusDetails ?? "",
    })),
  };
}

/** Hosts are counted group after group. */
function groupFacts(resources: DescribeTrainingJobCommandOutput["ResourceConfig"], usage: JobLog["usage"]): readonly GroupFacts[] {
  let before = 0;
  return groupsAsked(resources).map(({ name, type, count }) => {
    const used = Array.from({ length: count }, (_, at) => usage[`algo-${before + at + 1}`] ?? []).flat();
    before += count;
    const known = findInstanceType(type);
    return { name, instanceType: type, count, gpus: known?.gpus ?? 0, usdPerHour: known?.usdPerHour, usage: used.toSorted((a, b) => b.peakMiB - a.peakMiB)[0] };
  });
}

const secondsBetween = (from: Date | undefined, to: Date | undefined): number | undefined => (from === undefined || to === undefined ? undefined : (to.getTime() - from.getTime()) / 1000);

async function tuningFacts(clients: Clients, name: string, classes: Classes): Promise<TuningFacts> {
  const { DescribeHyperParameterTuningJobCommand, paginateListTrainingJobsForHyperParameterTuningJob } = await import("@aws-sdk/client-sagemaker");
  const client = await clients.sagemaker();
  const job: DescribeHyperParameterTuningJobCommandOutput = await client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
  const definition = job.TrainingJobDefinition ?? job.TrainingJobDefinitions?.[0];
  const objective = job.HyperParameterTuningJobConfig?.HyperParameterTuningJobObjective ?? definition?.TuningObjective;
  const ranges = job.HyperParameterTuningJobConfig?.ParameterRanges ?? definition?.HyperParameterRanges;
  const trials: TuningFacts["trials"][number][] = [];
  for await (const { TrainingJobSummaries = [] } of paginateListTrainingJobsForHyperParameterTuningJob({ client, pageSize: 100 }, { HyperParameterTuningJobName: name })) {
    trials.push(...TrainingJobSummaries.map((trial) => ({
      name: trial.TrainingJobName ?? "", status: String(trial.TrainingJobStatus), objective: trial.FinalHyperParameterTuningJobObjectiveMetric?.Value,
      // Static ones too: a batch size need not be searched to matter.
      values: { ...definition?.StaticHyperParameters, ...trial.TunedHyperParameters },
    })));
  }
  const metric = objective?.MetricName ?? "";
  return {
    name, metric, trials, direction: objective?.Type ?? "Minimize",
    regex: definition?.AlgorithmSpecification?.MetricDefinitions?.find(({ Name }) => Name === metric)?.Regex ?? "",
    classes: await classesOf({ InputDataConfig: definition?.InputDataConfig, HyperParameters: definition?.StaticHyperParameters }, classes),
    ranges: [...(ranges?.ContinuousParameterRanges ?? []), ...(ranges?.IntegerParameterRanges ?? [])].map(({ Name = "", MinValue = "", MaxValue = "" }) => ({ name: Name, min: Number(MinValue), max: Number(MaxValue) })),
    best: job.BestTrainingJob?.TrainingJobName,
    usd: costOfResources(definition?.ResourceConfig, job.ConsumedResources?.RuntimeInSeconds ?? 0),
  };
}
