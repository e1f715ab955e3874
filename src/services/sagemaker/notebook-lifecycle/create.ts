import { aboutCreation } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { checkTags } from "../tags/tags.ts";
import { scriptsOf } from "./lifecycle.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstanceLifecycleConfig.html */
export const createNotebookInstanceLifecycleConfig = operation("CreateNotebookInstanceLifecycleConfig", {
  authorize: (input, context) => aboutCreation(context, "notebook-instance-lifecycle-config", { name: input.NotebookInstanceLifecycleConfigName, tags: input.Tags }),
  handle: (input, context) => {
    const name = input.NotebookInstanceLifecycleConfigName ?? "";
    const arn = arnOf("notebook-instance-lifecycle-config", context, name);
    checkTags(input.Tags);
    const now = context.clock.now();
    if (!context.notebookLifecycles.insert(keyOf(context, name), { name, arn, ...scriptsOf(input), createdAt: now, modifiedAt: now })) throw errors.lifecycleExists(arn);
    context.tags.add(arn, input.Tags ?? []);
    return { NotebookInstanceLifecycleConfigArn: arn };
  },
});
