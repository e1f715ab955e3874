import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireNotebook, requireState } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteNotebookInstance.html: its volume goes with it. */
export const deleteNotebookInstance = operation("DeleteNotebookInstance", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance", input.NotebookInstanceName)],
  handle: (input, context) => {
    const notebook = requireNotebook(context, input.NotebookInstanceName);
    requireState(notebook, "delete-requested");
    context.house.remove(keyOf(context, notebook.name));
    return {};
  },
});
