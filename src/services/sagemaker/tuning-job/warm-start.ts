import type { CreateHyperParameterTuningJobRequest } from "@aws-sdk/client-sagemaker";
import type { Prior } from "../../../decide/tuning/index.ts";
import type { Collection } from "../../../store/index.ts";
import { keyOf, type Place } from "../arns.ts";
import { errors } from "../errors.ts";
import { asTrial } from "./trials.ts";
import { hasEnded, trialPrefix, type Definition, type TrialRecord, type TuningJobRecord } from "./tuning-job.ts";

interface Records {
  readonly tuningJobs: Collection<TuningJobRecord>;
  readonly trials: Collection<TrialRecord>;
}

type Warm = Pick<CreateHyperParameterTuningJobRequest, "WarmStartConfig">;

const parentNames = ({ WarmStartConfig: warm }: Warm): readonly string[] =>
  (warm?.ParentHyperParameterTuningJobs ?? []).map(({ HyperParameterTuningJobName = "" }) => HyperParameterTuningJobName);

/** https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html: what parents must be. */
export function checkWarmStart(request: CreateHyperParameterTuningJobRequest, definitions: readonly Definition[], { tuningJobs, ...place }: Pick<Records, "tuningJobs"> & Place): void {
  if (request.WarmStartConfig === undefined) return;
  const [definition] = definitions;
  if (definition === undefined || definitions.length > 1) throw errors.invalid("WarmStartConfig cannot be given with several TrainingJobDefinitions.");
  for (const name of parentNames(request)) {
    const parent = tuningJobs.get(keyOf(place, name));
    if (parent === undefined) throw errors.tuningJobNotFound(name);
    if (!hasEnded(parent)) throw errors.invalid(`The parent tuning job ${name} is ${parent.status}; it must have ended.`);
    const [first] = parent.definitions;
    if (first === undefined || parent.definitions.length > 1) throw errors.invalid(`The parent tuning job ${name} has several TrainingJobDefinitions.`);
    if (first.objective.metric !== definition.objective.metric || first.objective.direction !== definition.objective.direction) {
      throw errors.invalid(`The parent tuning job ${name} has another objective: ${first.objective.direction} ${first.objective.metric}.`);
    }
    const differing = differenceOf(namesOf(first), namesOf(definition));
    if (differing.length > 0) throw errors.invalid(`The hyperparameters, static and tuned together, must be those of the parent tuning job ${name}; they differ in ${differing.join(", ")}.`);
    const identical = request.WarmStartConfig.WarmStartType === "IdenticalDataAndAlgorithm";
    if (identical && first.request.AlgorithmSpecification?.TrainingImage !== definition.request.AlgorithmSpecification?.TrainingImage) {
      throw errors.invalid(`WarmStartType IdenticalDataAndAlgorithm needs the training image of the parent tuning job ${name}.`);
    }
  }
}

/** The SDKs' own (sagemaker_job_name, …) change with every job. */
const namesOf = ({ request, parameters }: Definition): readonly string[] =>
  [...Object.keys(request.HyperParameters ?? {}), ...parameters.map(({ name }) => name)].filter((name) => !name.startsWith("sagemaker_"));

const differenceOf = (one: readonly string[], other: readonly string[]): readonly string[] =>
  [...one.filter((name) => !other.includes(name)), ...other.filter((name) => !one.includes(name))];

/** The trials of a warm start's parents, oldest first; a parent that was deleted since has none. */
export const parentTrials = ({ tuningJobs: _jobs, trials }: Records, job: Pick<TuningJobRecord, "request"> & Place): readonly TrialRecord[] =>
  parentNames(job.request).flatMap((name) => trials.values({ prefix: trialPrefix(keyOf(job, name)) }));

/** What a warm start knows; undefined without one. */
export function priorOf(records: Records, job: TuningJobRecord): Prior | undefined {
  if (job.request.WarmStartConfig === undefined) return undefined;
  return { trials: parentTrials(records, job).map(asTrial), identical: job.request.WarmStartConfig.WarmStartType === "IdenticalDataAndAlgorithm" };
}
