import { digits, instancesIn, type Finding, type GroupFacts, type JobFacts } from "./snapshot.ts";

/** Hosts whose lines are alike to this share do the same work. */
const ALIKE = 0.9;
const FEW_LINES = 2;
const DISTRIBUTIONS = ["sagemaker_torch_distributed_enabled", "sagemaker_pytorch_ddp_enabled", "sagemaker_mpi_enabled", "sagemaker_distributed_dataparallel_enabled", "sagemaker_parameter_server_enabled"];

const dollars = (usd: number): string => `$${usd < 0.01 ? usd.toFixed(5) : usd.toFixed(2)}`;

/** Several hosts that print the same numbers: N times the price for one model. */
export function sameWork(job: JobFacts): readonly Finding[] {
  const { hostLines, hyperparameters, sharded } = job;
  const count = instancesIn(job);
  if (count < 2 || sharded || DISTRIBUTIONS.some((name) => hyperparameters[name] === "true")) return [];
  const [first = [], ...others] = Object.values(hostLines);
  // The first host's log has what the machine says too.
  if (others.length < count - 1 || others.some(({ length }) => length < FEW_LINES)) return [];
  const said = new Set(first);
  const shares = others.map((lines) => lines.filter((line) => said.has(line)).length / lines.length);
  if (Math.min(...shares) < ALIKE) return [];
  const wasted = job.usd === undefined ? undefined : (job.usd * (count - 1)) / count;
  return [{
    rule: "several hosts doing the same work", subject: job.name,
    evidence: `${count} hosts printed the same numbers (${digits(Math.min(...shares) * 100)} % of ${Math.max(...others.map(({ length }) => length))} lines), no distribution is set and every host had all of the data: ` +
      `${job.billableSeconds} billable seconds on each${wasted === undefined ? "" : `, ${dollars(wasted)} of ${dollars(job.usd ?? 0)} for nothing`}`,
    advice: "Train on one instance, or make the script distributed: distribution={\"torch_distributed\": {\"enabled\": True}}, DistributedDataParallel and DistributedSampler in the script.",
  }];
}

const inGroup = ({ name, instanceType }: GroupFacts): string => `${instanceType}${name === undefined ? "" : ` (group ${name})`}`;

/** A GPU that is paid for and that the script never asks for. */
export function gpuUnused({ name, groups, source, billableSeconds }: JobFacts): readonly Finding[] {
  if (source === undefined || /cuda|\.to\(\s*(device|self\.device)|accelerator|\bgpu\b/i.test(source)) return [];
  return groups.filter(({ gpus }) => gpus > 0).map((group) => ({
    rule: "GPU type unused", subject: name,
    evidence: `${inGroup(group)} has ${group.gpus} GPU${group.gpus > 1 ? "s" : ""}${group.usdPerHour === undefined ? "" : ` and cost ${dollars((group.usdPerHour * group.count * billableSeconds) / 3600)} in this job`}; nothing in its script moves the model or the data there (no .to(device), no cuda)`,
    advice: "Take a type without a GPU, or move model and batches to the device.",
  }));
}

/** A type that fits, with its price: what `findSmallest` knows. */
export interface Fit {
  readonly name: string;
  readonly memoryGiB: number;
  readonly usdPerHour: number | undefined;
}

/** Memory that is paid for and was not needed, or that nearly did not do. */
export const memoryHeadroom = (job: JobFacts, findSmallest: (memoryMiB: number) => Fit | undefined): readonly Finding[] =>
  job.groups.flatMap((group) => headroomOf(job, group, findSmallest));

function headroomOf({ name, billableSeconds }: JobFacts, group: GroupFacts, findSmallest: (memoryMiB: number) => Fit | undefined): readonly Finding[] {
  const { usage, usdPerHour: hourly, count } = group;
  if (usage === undefined || group.gpus > 0) return [];
  const { peakMiB, limitMiB } = usage;
  const reached = `the job reached ${Math.round(peakMiB)} of ${Math.round(limitMiB)} MiB of ${inGroup(group)}`;
  if (peakMiB > limitMiB * 0.9) return [{ rule: "memory headroom", subject: name, evidence: reached, advice: "The next batch size up will not fit: take a type with more memory first." }];
  // A fifth more than the peak.
  const fit = findSmallest(peakMiB * 1.2);
  if (fit?.usdPerHour === undefined || hourly === undefined || fit.usdPerHour > hourly * 0.7) return [];
  const hours = (billableSeconds * count) / 3600;
  return [{
    rule: "memory headroom", subject: name,
    evidence: `${reached} ($${hourly} an hour, ${dollars(hourly * hours)} for this job)`,
    advice: `${fit.name} (${fit.memoryGiB} GiB, $${fit.usdPerHour} an hour) holds it: ${dollars(fit.usdPerHour * hours)} if it is as fast. Fewer vCPUs take longer: measure before you change.`,
  }];
}

/** What a rule has found in a log that nobody reads. */
export const rulesFound = ({ name, rules }: JobFacts): readonly Finding[] => rules.filter(({ status }) => status === "IssuesFound").map((rule) => ({
  rule: "rule found issues", subject: name, evidence: `${rule.name}: ${rule.details.trim().replace(/^.*resulted in the condition being met: /, "")}`, advice: ADVICE[rule.name] ?? "Look at the job's rule details, and change what they name before you train again.",
}));

const ADVICE: Readonly<Record<string, string>> = {
  LossNotDecreasing: "Try a smaller learning rate, and look whether gradients reach the weights.",
  Overfit: "Augment the data, add weight decay or dropout, or stop earlier.",
  Overtraining: "Stop earlier: further epochs bring nothing.",
  VanishingGradient: "Use another activation, normalisation, or a shorter path (residual connections).",
  ExplodingTensor: "Lower the learning rate or clip the gradients.",
  PoorWeightInitialization: "Initialise the new layers as their activation asks (He for ReLU), or give them a learning rate of their own.",
  DeadRelu: "Lower the learning rate, or take LeakyReLU.",
  ClassImbalance: "Weigh the classes in the loss, or sample them evenly.",
};
