import { collectionTable, type Migration } from "../../../store/index.ts";

/** When the server last stood behind the jobs that ran. */
export const pulse: Migration = { id: "sagemaker/0004-pulse", sql: collectionTable("sagemaker_pulse") };
