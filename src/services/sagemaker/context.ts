import type { Quotas } from "../../catalogue/quotas.ts";
import type { Log } from "../../shared/log.ts";
import type { Collection } from "../../store/index.ts";
import { operations } from "../../wire/service.ts";
import type { EndpointFleet } from "./endpoint/fleet.ts";
import type { EndpointRecord } from "./endpoint/endpoint.ts";
import type { EndpointConfigRecord } from "./endpoint-config/endpoint-config.ts";
import type { ModelRecord } from "./model/model.ts";
import type { NotebookHouse } from "./notebook/house.ts";
import type { NotebookRecord } from "./notebook/notebook.ts";
import type { LifecycleRecord } from "./notebook-lifecycle/lifecycle.ts";
import type { TagStore } from "./tags/tags.ts";
import type { TrialRecord, TuningJobRecord } from "./tuning-job/tuning-job.ts";
import type { Tuner } from "./tuning-job/supervisor.ts";
import type { TrainingSupervisor } from "./training-job/supervisor.ts";
import type { TrainingJobRecord } from "./training-job/training-job.ts";

/** What every SageMaker handler can reach. Collections are keyed by `keyOf`. */
export interface SageMakerState {
  readonly trainingJobs: Collection<TrainingJobRecord>;
  readonly tuningJobs: Collection<TuningJobRecord>;
  /** The training jobs of tuning jobs, keyed by `trialKey`. */
  readonly trials: Collection<TrialRecord>;
  readonly models: Collection<ModelRecord>;
  readonly endpointConfigs: Collection<EndpointConfigRecord>;
  readonly endpoints: Collection<EndpointRecord>;
  readonly notebooks: Collection<NotebookRecord>;
  readonly notebookLifecycles: Collection<LifecycleRecord>;
  readonly tags: TagStore;
  readonly training: TrainingSupervisor;
  readonly tuner: Tuner;
  readonly fleet: EndpointFleet;
  readonly house: NotebookHouse;
  /** How many instances may be in use at once. */
  readonly quotas: Quotas;
  /** With `--lenient`, parameters that demand what is not there are logged instead of refused. */
  readonly lenient: boolean;
}

export const operation = operations<typeof import("@aws-sdk/client-sagemaker"), SageMakerState>();

/** What refusing needs of a context. */
export interface Strictness {
  readonly lenient: boolean;
  readonly log: Log;
}
