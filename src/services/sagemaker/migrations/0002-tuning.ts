import { collectionTable, type Migration } from "../../../store/index.ts";

/** Tuning jobs and, in the order in which they were started, their training jobs. */
export const tuning: Migration = {
  id: "sagemaker/0002-tuning",
  sql: ["sagemaker_tuning_jobs", "sagemaker_tuning_trials"].map(collectionTable).join(";\n"),
};
