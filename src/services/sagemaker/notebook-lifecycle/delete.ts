import { aboutResource } from "../access.ts";
import { keyOf, prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireLifecycle } from "./lifecycle.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteNotebookInstanceLifecycleConfig.html */
export const deleteNotebookInstanceLifecycleConfig = operation("DeleteNotebookInstanceLifecycleConfig", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance-lifecycle-config", input.NotebookInstanceLifecycleConfigName)],
  handle: (input, context) => {
    const config = requireLifecycle(context, input.NotebookInstanceLifecycleConfigName);
    const user = context.notebooks.values({ prefix: prefixOf(context) }).find(({ request }) => request.LifecycleConfigName?.toLowerCase() === config.name.toLowerCase());
    if (user !== undefined) throw errors.invalid(`Cannot delete Notebook Instance Lifecycle Config '${config.arn}': it is used by Notebook Instance '${user.arn}'.`);
    context.notebookLifecycles.delete(keyOf(context, config.name));
    context.tags.forget(config.arn);
    return {};
  },
});
