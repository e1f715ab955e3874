import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireLifecycle, scriptsOf } from "./lifecycle.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstanceLifecycleConfig.html: what it does not speak of stays. */
export const updateNotebookInstanceLifecycleConfig = operation("UpdateNotebookInstanceLifecycleConfig", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance-lifecycle-config", input.NotebookInstanceLifecycleConfigName)],
  handle: (input, context) => {
    const config = requireLifecycle(context, input.NotebookInstanceLifecycleConfigName);
    context.notebookLifecycles.put(keyOf(context, config.name), { ...config, ...scriptsOf(input), modifiedAt: context.clock.now() });
    return {};
  },
});
