import { collectionTable, type Migration } from "../../../store/index.ts";

const COLLECTIONS = ["sagemaker_training_jobs", "sagemaker_models", "sagemaker_endpoint_configs", "sagemaker_endpoints", "sagemaker_tags"];

export const records: Migration = {
  id: "sagemaker/0001-records",
  sql: `${COLLECTIONS.map(collectionTable).join(";\n")};
CREATE TABLE sagemaker_job_metrics (
  job TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL
);
CREATE INDEX sagemaker_job_metrics_by_job ON sagemaker_job_metrics (job, name, at)`,
};
