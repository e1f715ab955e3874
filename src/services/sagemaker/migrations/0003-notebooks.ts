import { collectionTable, type Migration } from "../../../store/index.ts";

/** Notebook instances and their lifecycle configurations. */
export const notebooks: Migration = {
  id: "sagemaker/0003-notebooks",
  sql: ["sagemaker_notebooks", "sagemaker_notebook_lifecycles"].map(collectionTable).join(";\n"),
};
