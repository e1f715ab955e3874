import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireNotebook, requireState } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopNotebookInstance.html */
export const stopNotebookInstance = operation("StopNotebookInstance", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance", input.NotebookInstanceName)],
  handle: (input, context) => {
    const notebook = requireNotebook(context, input.NotebookInstanceName);
    requireState(notebook, "stop-requested");
    context.house.end(keyOf(context, notebook.name));
    return {};
  },
});
