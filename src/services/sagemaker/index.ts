import type { Quotas } from "../../catalogue/quotas.ts";
import type { SpotMarket } from "../../decide/training/index.ts";
import type { MachineHost } from "../../machines/types.ts";
import type { ServiceDefinition } from "../../wire/service.ts";
import type { SageMakerState } from "./context.ts";
import type { EndpointRecord } from "./endpoint/endpoint.ts";
import { createFleet } from "./endpoint/fleet.ts";
import type { NamedPython } from "../../runtimes/named-pythons.ts";
import { openNotebookRuntime } from "../../runtimes/notebook/index.ts";
import { openServingRuntimes } from "../../runtimes/serving/index.ts";
import type { EndpointConfigRecord } from "./endpoint-config/endpoint-config.ts";
import { records } from "./migrations/0001-records.ts";
import { tuning } from "./migrations/0002-tuning.ts";
import { notebooks as notebookRecords } from "./migrations/0003-notebooks.ts";
import { pulse } from "./migrations/0004-pulse.ts";
import type { ModelRecord } from "./model/model.ts";
import { createHouse } from "./notebook/house.ts";
import type { NotebookRecord } from "./notebook/notebook.ts";
import type { LifecycleRecord } from "./notebook-lifecycle/lifecycle.ts";
import { createTagStore, type Tags } from "./tags/tags.ts";
import { openTrainingRuntimes, type TrainingRuntimeOptions } from "../../runtimes/training/index.ts";
import type { Beat } from "./training-job/pulse.ts";
import { createTrainingSupervisor } from "./training-job/supervisor.ts";
import { createTuner } from "./tuning-job/supervisor.ts";
import type { TrialRecord, TuningJobRecord } from "./tuning-job/tuning-job.ts";
import type { TrainingJobRecord } from "./training-job/training-job.ts";

export type { SageMakerState } from "./context.ts";
export type { EndpointRecord } from "./endpoint/endpoint.ts";
export type { Instance } from "./endpoint/instance.ts";
export { interruptTrainingJob } from "./training-job/interrupt.ts";

/** What `cloud/` supplies beside every service's dependencies. */
export interface SageMakerPorts {
  readonly machines: MachineHost;
  /** The server's own environment: where the user names a Python (SAGEBRUSH_PYTHON). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The Pythons that the user names by image. */
  readonly pythons: readonly NamedPython[];
  readonly algorithms: TrainingRuntimeOptions["algorithms"];
  readonly lenient: boolean;
  readonly quotas: Quotas;
  readonly spotMarket: SpotMarket;
}

export const sagemaker: ServiceDefinition<SageMakerState, SageMakerPorts> = {
  id: "sagemaker",
  loadSdk: () => import("@aws-sdk/client-sagemaker"),
  migrations: [records, tuning, notebookRecords, pulse],
  start(dependencies) {
    const { store, machines, lenient, environment, algorithms, quotas, pythons } = dependencies;
    const jobs = store.collection<TrainingJobRecord>("sagemaker_training_jobs");
    const endpoints = store.collection<EndpointRecord>("sagemaker_endpoints");
    const tags = createTagStore(store.collection<Tags>("sagemaker_tags"));
    const training = createTrainingSupervisor({ ...dependencies, jobs, beats: store.collection<Beat>("sagemaker_pulse"), machines, runtimes: openTrainingRuntimes({ isolation: machines.isolation, python: environment["SAGEBRUSH_PYTHON"], pythons, environment, algorithms }) });
    const tuningJobs = store.collection<TuningJobRecord>("sagemaker_tuning_jobs");
    const trials = store.collection<TrialRecord>("sagemaker_tuning_trials");
    const tuner = createTuner({ ...dependencies, tuningJobs, trials, trainingJobs: jobs, training, tags });
    const fleet = createFleet({ ...dependencies, endpoints, tags, machines, runtimes: openServingRuntimes({ isolation: machines.isolation, clock: dependencies.clock, python: environment["SAGEBRUSH_PYTHON"], pythons, environment }) });
    const notebooks = store.collection<NotebookRecord>("sagemaker_notebooks");
    const notebookLifecycles = store.collection<LifecycleRecord>("sagemaker_notebook_lifecycles");
    const house = createHouse({ ...dependencies, notebooks, lifecycles: notebookLifecycles, tags, machines, runtime: openNotebookRuntime({ isolation: machines.isolation, clock: dependencies.clock, python: environment["SAGEBRUSH_JUPYTER_PYTHON"] ?? environment["SAGEBRUSH_PYTHON"] }) });
    const state: SageMakerState = {
      trainingJobs: jobs, tuningJobs, trials, endpoints, notebooks, notebookLifecycles, tags, training, tuner, fleet, house, lenient, quotas,
      models: store.collection<ModelRecord>("sagemaker_models"),
      endpointConfigs: store.collection<EndpointConfigRecord>("sagemaker_endpoint_configs"),
    };
    return {
      state,
      operations: async () => (await import("./operations.ts")).sagemakerOperations,
      ready: async () => {
        training.reconcile();
        tuner.reconcile();
        fleet.reconcile();
        house.reconcile();
      },
      stop: async () => {
        tuner.stop();
        await Promise.all([training.stop(), fleet.stop(), house.stop()]);
      },
    };
  },
};
