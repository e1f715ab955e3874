import { toDate } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { operation } from "../context.ts";
import { requireLifecycle } from "./lifecycle.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstanceLifecycleConfig.html */
export const describeNotebookInstanceLifecycleConfig = operation("DescribeNotebookInstanceLifecycleConfig", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance-lifecycle-config", input.NotebookInstanceLifecycleConfigName)],
  handle: (input, context) => {
    const { name, arn, onCreate, onStart, createdAt, modifiedAt } = requireLifecycle(context, input.NotebookInstanceLifecycleConfigName);
    return {
      NotebookInstanceLifecycleConfigArn: arn, NotebookInstanceLifecycleConfigName: name,
      OnCreate: onCreate === undefined ? [] : [{ Content: onCreate }], OnStart: onStart === undefined ? [] : [{ Content: onStart }],
      CreationTime: toDate(createdAt), LastModifiedTime: toDate(modifiedAt),
    };
  },
});
