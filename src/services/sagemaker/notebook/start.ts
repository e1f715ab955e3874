import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireQuota } from "../quotas.ts";
import { requireNotebook, requireState } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StartNotebookInstance.html */
export const startNotebookInstance = operation("StartNotebookInstance", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance", input.NotebookInstanceName)],
  handle: (input, context) => {
    const notebook = requireNotebook(context, input.NotebookInstanceName);
    requireState(notebook, "start-requested");
    requireQuota(context, { type: notebook.request.InstanceType, use: "notebook instance", count: 1 });
    context.house.apply(keyOf(context, notebook.name), { kind: "start-requested" });
    context.house.begin(keyOf(context, notebook.name));
    return {};
  },
});
