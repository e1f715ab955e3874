import type { CreateHyperParameterTuningJobRequest, HyperParameterTuningJobConfig } from "@aws-sdk/client-sagemaker";
import { decideNextTrial, gridSize, type Resources } from "../../../decide/tuning/index.ts";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { checkRequest } from "../training-job/check-request.ts";
import { refuseIf } from "../validate.ts";
import { sketchesOf, trainingRequest, type Sketch } from "./definitions.ts";
import type { Definition } from "./tuning-job.ts";

/** Hyperband finds its MaxResource here if it is not given: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperbandStrategyConfig.html */
const EPOCH_HYPERPARAMETERS = ["epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs"];
const MAX_EPOCHS = 20_000;
/** A tuning job that Random searches may have more training jobs: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html */
const MAX_TRAINING_JOBS = { Random: 10_000, other: 750 };
const MAX_PARALLEL = 100;

/** Checks what a tuning job asks for before anything is stored; gives its definitions, each able to make training jobs. */
export function checkTuningRequest(request: CreateHyperParameterTuningJobRequest, context: Strictness & Pick<SageMakerState, "training">): readonly Definition[] {
  const config = request.HyperParameterTuningJobConfig;
  for (const [demanded, ...refusal] of demandsOf(request)) refuseIf(demanded, context, refusal);
  const sketches = sketchesOf(request);
  checkStrategy(config, sketches);
  checkLimits(config, sketches);
  return sketches.map((sketch) => ({ ...sketch, metricDefinitions: checkTraining(sketch, context) }));
}

function demandsOf({ HyperParameterTuningJobConfig: config, Autotune, TrainingJobDefinition, TrainingJobDefinitions }: CreateHyperParameterTuningJobRequest): readonly (readonly [boolean, string, string])[] {
  const ranges = [config?.ParameterRanges, TrainingJobDefinition?.HyperParameterRanges, ...(TrainingJobDefinitions ?? []).map(({ HyperParameterRanges }) => HyperParameterRanges)];
  return [
    [Autotune !== undefined, "Autotune", "ranges that the service chooses"],
    [ranges.some((range) => (range?.AutoParameters?.length ?? 0) > 0), "ParameterRanges.AutoParameters", "ranges that the service chooses"],
    [config?.TuningJobCompletionCriteria?.ConvergenceDetected?.CompleteOnConvergence === "Enabled", "TuningJobCompletionCriteria.ConvergenceDetected", "the detection of convergence"],
  ];
}

function checkStrategy(config: HyperParameterTuningJobConfig | undefined, sketches: readonly Sketch[]): void {
  const { Strategy: strategy, StrategyConfig, TrainingJobEarlyStoppingType: stopping, ResourceLimits: limits } = config ?? {};
  if (StrategyConfig?.HyperbandStrategyConfig !== undefined && strategy !== "Hyperband") throw errors.invalid("HyperbandStrategyConfig can be given only when Strategy is Hyperband.");
  if (strategy === "Hyperband") {
    if (stopping === "Auto") throw errors.invalid("TrainingJobEarlyStoppingType must be Off when Strategy is Hyperband: it has its own early stopping.");
    for (const sketch of sketches) hyperbandResources(config, sketch);
  }
  if (strategy !== "Grid") return;
  const counted = sketches.flatMap(({ parameters }) => parameters).find(({ kind }) => kind !== "categorical");
  if (counted !== undefined) throw errors.invalid(`Grid search takes categorical hyperparameters only; ${counted.name} has a range of numbers.`);
  const size = sketches.reduce((sum, { parameters }) => sum + gridSize(parameters), 0);
  const asked = limits?.MaxNumberOfTrainingJobs;
  if (asked !== undefined && asked !== size) throw errors.invalid(`MaxNumberOfTrainingJobs must be the number of combinations of a grid search, ${size}, or left out; it is ${asked}.`);
}

/** How many epochs a training job may use before it is judged, and at most. */
export function hyperbandResources(config: HyperParameterTuningJobConfig | undefined, { request }: Pick<Sketch, "request">): Resources {
  const given = config?.StrategyConfig?.HyperbandStrategyConfig;
  const inferred = EPOCH_HYPERPARAMETERS.map((name) => Number(request.HyperParameters?.[name]?.replaceAll('"', ""))).find((epochs) => Number.isInteger(epochs) && epochs > 0);
  const max = given?.MaxResource ?? inferred;
  const min = given?.MinResource ?? 1;
  if (max === undefined) throw errors.invalid(`MaxResource must be given, or one of the static hyperparameters ${EPOCH_HYPERPARAMETERS.join(", ")} from which it is inferred.`);
  if (max > MAX_EPOCHS) throw errors.invalid(`MaxResource ${max} is greater than ${MAX_EPOCHS}.`);
  if (min > max) throw errors.invalid(`MinResource ${min} is greater than MaxResource ${max}.`);
  return { min, max };
}

function checkLimits(config: HyperParameterTuningJobConfig | undefined, sketches: readonly Sketch[]): void {
  const { Strategy: strategy, ResourceLimits: limits, TuningJobCompletionCriteria: criteria } = config ?? {};
  const most = strategy === "Random" ? MAX_TRAINING_JOBS.Random : MAX_TRAINING_JOBS.other;
  const jobs = limits?.MaxNumberOfTrainingJobs ?? (strategy === "Grid" ? sketches.reduce((sum, { parameters }) => sum + gridSize(parameters), 0) : undefined);
  if (jobs !== undefined && jobs > most) throw errors.invalid(`MaxNumberOfTrainingJobs is ${jobs}; a tuning job with Strategy ${strategy ?? ""} can have ${most}.`);
  if ((limits?.MaxParallelTrainingJobs ?? 1) > MAX_PARALLEL) throw errors.invalid(`MaxParallelTrainingJobs is greater than ${MAX_PARALLEL}.`);
  const bounded = jobs !== undefined || limits?.MaxRuntimeInSeconds !== undefined || criteria?.TargetObjectiveMetricValue !== undefined || criteria?.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving !== undefined;
  if (!bounded) throw errors.invalid("MaxNumberOfTrainingJobs, MaxRuntimeInSeconds or a completion criterion must be given: without any the tuning job would not end.");
}

/** Checks a definition by a training job that it could make. */
function checkTraining(sketch: Sketch, context: Strictness & Pick<SageMakerState, "training">): Definition["metricDefinitions"] {
  const { parameters, objective } = sketch;
  const example = decideNextTrial({ strategy: "Random", parameters, direction: objective.direction, trials: [], seed: 0 });
  const metricDefinitions = checkRequest(trainingRequest(sketch, "example", example.kind === "try" ? example.values : {}), context);
  if (!metricDefinitions.some(({ name }) => name === objective.metric)) {
    // The first sentence is AWS's: aws/amazon-sagemaker-examples#1207
    throw errors.invalid(`A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions. (There is none named ${objective.metric}.)`);
  }
  return metricDefinitions;
}
