import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import { instant } from "../../../base/instant.ts";
import type { MetricDefinitions } from "../../../runtimes/training/index.ts";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { rulesOf } from "./rules/configurations.ts";
import { DEFAULT_MAX_RUNTIME_SECONDS } from "../limits.ts";
import { parseS3Uri, refuseIf } from "../validate.ts";
import { checkInstances } from "./check-instances.ts";
import { checkChannels } from "./check-channels.ts";
import { demandsOf } from "./demands.ts";

/** Checks what a job asks for before anything is stored; gives the metric definitions that will read its log. */
export function checkRequest(request: CreateTrainingJobRequest, context: Strictness & Pick<SageMakerState, "training">): MetricDefinitions {
  for (const [demanded, ...refusal] of demandsOf(request)) refuseIf(demanded, context, refusal);
  checkChannels(request, context);
  checkInstances(request, context);
  checkRules(request, context);
  checkEntrypoint(request, context);
  parseS3Uri(request.OutputDataConfig?.S3OutputPath ?? "");
  if (request.CheckpointConfig !== undefined) parseS3Uri(request.CheckpointConfig.S3Uri ?? "");
  requireTimes(request);
  return metricDefinitionsOf(request, context);
}

/** Rules are known by name, and rules about tensors need a script that can be followed. */
function checkRules(request: CreateTrainingJobRequest, context: Strictness & Pick<SageMakerState, "training">): void {
  const debugged = rulesOf(request, instant(0)).some(({ kind }) => kind === "debug") || (request.DebugHookConfig?.CollectionConfigurations?.length ?? 0) > 0;
  const image = request.AlgorithmSpecification?.TrainingImage ?? "";
  const runtime = context.training.findRuntime(image);
  refuseIf(debugged && runtime.kind === "found" && !runtime.followed, context, ["DebugRuleConfigurations", `rules about the tensors of ${image}: Python scripts and built-in algorithms are followed`]);
}

/** There is no image whose files an entry point could name: the images of Python scripts stand for this host's Python and shell. */
function checkEntrypoint({ AlgorithmSpecification: algorithm }: CreateTrainingJobRequest, context: Strictness & Pick<SageMakerState, "training">): void {
  const runtime = context.training.findRuntime(algorithm?.TrainingImage ?? "");
  const named = (algorithm?.ContainerEntrypoint?.length ?? 0) > 0;
  refuseIf(named && runtime.kind === "found" && !runtime.entrypoints, context, ["AlgorithmSpecification.ContainerEntrypoint", "entry points of images other than Python's"]);
}

function metricDefinitionsOf({ AlgorithmSpecification: algorithm }: CreateTrainingJobRequest, { training }: Pick<SageMakerState, "training">): MetricDefinitions {
  const image = algorithm?.TrainingImage;
  if (image === undefined) throw errors.invalid("AlgorithmSpecification.TrainingImage must be given: algorithm resources (AlgorithmName) are not supported by Sagebrush yet.");
  const runtime = training.findRuntime(image);
  if (runtime.kind === "refused") throw errors.unsupportedImage(runtime.reason);
  const own = (algorithm?.MetricDefinitions ?? []).map(({ Name = "", Regex = "" }) => ({ name: Name, regex: Regex }));
  if (runtime.metricDefinitions && own.length > 0) throw errors.algorithmMetrics();
  for (const { regex } of own) requireRegex(regex);
  return runtime.metricDefinitions ?? own;
}

/**
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html: MaxWaitTimeInSeconds belongs to spot training.
 * The first sentence is AWS's (Kenza-AI/sagify#111); the second is ours in its manner: we found no page that quotes AWS's.
 */
function requireTimes({ StoppingCondition: condition, EnableManagedSpotTraining: spot = false }: CreateTrainingJobRequest): void {
  const wait = condition?.MaxWaitTimeInSeconds;
  if (wait !== undefined && !spot) throw errors.invalid("Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true");
  if (spot && (wait === undefined || wait < (condition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS))) {
    throw errors.invalid("Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds");
  }
}

function requireRegex(text: string): void {
  try {
    new RegExp(text);
  } catch {
    throw errors.invalid(`Invalid regular expression in MetricDefinitions: ${text}`);
  }
}
