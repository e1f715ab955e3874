import type { Operation } from "../../wire/service.ts";
import type { SageMakerState } from "./context.ts";
import { createEndpoint } from "./endpoint/create.ts";
import { deleteEndpoint } from "./endpoint/delete.ts";
import { describeEndpoint } from "./endpoint/describe.ts";
import { listEndpoints } from "./endpoint/list.ts";
import { updateEndpoint } from "./endpoint/update.ts";
import { createEndpointConfig } from "./endpoint-config/create.ts";
import { deleteEndpointConfig } from "./endpoint-config/delete.ts";
import { describeEndpointConfig } from "./endpoint-config/describe.ts";
import { listEndpointConfigs } from "./endpoint-config/list.ts";
import { createModel } from "./model/create.ts";
import { deleteModel } from "./model/delete.ts";
import { describeModel } from "./model/describe.ts";
import { listModels } from "./model/list.ts";
import { createNotebookInstance } from "./notebook/create.ts";
import { deleteNotebookInstance } from "./notebook/delete.ts";
import { describeNotebookInstance } from "./notebook/describe.ts";
import { listNotebookInstances } from "./notebook/list.ts";
import { createPresignedNotebookInstanceUrl } from "./notebook/presign.ts";
import { startNotebookInstance } from "./notebook/start.ts";
import { stopNotebookInstance } from "./notebook/stop.ts";
import { updateNotebookInstance } from "./notebook/update.ts";
import { createNotebookInstanceLifecycleConfig } from "./notebook-lifecycle/create.ts";
import { deleteNotebookInstanceLifecycleConfig } from "./notebook-lifecycle/delete.ts";
import { describeNotebookInstanceLifecycleConfig } from "./notebook-lifecycle/describe.ts";
import { listNotebookInstanceLifecycleConfigs } from "./notebook-lifecycle/list.ts";
import { updateNotebookInstanceLifecycleConfig } from "./notebook-lifecycle/update.ts";
import { search } from "./search/search.ts";
import { addTags } from "./tags/add-tags.ts";
import { deleteTags } from "./tags/delete-tags.ts";
import { listTags } from "./tags/list-tags.ts";
import { createTrainingJob } from "./training-job/create.ts";
import { deleteTrainingJob } from "./training-job/delete.ts";
import { describeTrainingJob } from "./training-job/describe.ts";
import { listTrainingJobs } from "./training-job/list.ts";
import { stopTrainingJob } from "./training-job/stop.ts";
import { updateTrainingJob } from "./training-job/update.ts";
import { createHyperParameterTuningJob } from "./tuning-job/create.ts";
import { deleteHyperParameterTuningJob } from "./tuning-job/delete.ts";
import { describeHyperParameterTuningJob } from "./tuning-job/describe.ts";
import { listHyperParameterTuningJobs } from "./tuning-job/list.ts";
import { listTrainingJobsForHyperParameterTuningJob } from "./tuning-job/list-training-jobs.ts";
import { stopHyperParameterTuningJob } from "./tuning-job/stop.ts";

/** Loaded with the first request: nobody has asked for anything at the start. */
export const sagemakerOperations: readonly Operation<SageMakerState>[] = [
  createTrainingJob, describeTrainingJob, listTrainingJobs, stopTrainingJob, updateTrainingJob, deleteTrainingJob,
  createHyperParameterTuningJob, describeHyperParameterTuningJob, listHyperParameterTuningJobs,
  listTrainingJobsForHyperParameterTuningJob, stopHyperParameterTuningJob, deleteHyperParameterTuningJob,
  createModel, describeModel, listModels, deleteModel,
  createEndpointConfig, describeEndpointConfig, listEndpointConfigs, deleteEndpointConfig,
  createEndpoint, describeEndpoint, listEndpoints, updateEndpoint, deleteEndpoint,
  createNotebookInstance, describeNotebookInstance, listNotebookInstances, startNotebookInstance, stopNotebookInstance, updateNotebookInstance, deleteNotebookInstance, createPresignedNotebookInstanceUrl,
  createNotebookInstanceLifecycleConfig, describeNotebookInstanceLifecycleConfig, listNotebookInstanceLifecycleConfigs, updateNotebookInstanceLifecycleConfig, deleteNotebookInstanceLifecycleConfig,
  search, addTags, listTags, deleteTags,
];
