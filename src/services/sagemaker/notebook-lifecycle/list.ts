import { toDate } from "../../../base/instant.ts";
import { aboutAll } from "../access.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListNotebookInstanceLifecycleConfigs.html */
export const listNotebookInstanceLifecycleConfigs = operation("ListNotebookInstanceLifecycleConfigs", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const { page, next } = pageOf(context.notebookLifecycles.values({ prefix: prefixOf(context) }), input, {
      order: "Descending", sortBy: (each) => (input.SortBy === "Name" ? each.name : input.SortBy === "LastModifiedTime" ? each.modifiedAt : each.createdAt),
    });
    return {
      NotebookInstanceLifecycleConfigs: page.map(({ name, arn, createdAt, modifiedAt }) => ({
        NotebookInstanceLifecycleConfigName: name, NotebookInstanceLifecycleConfigArn: arn, CreationTime: toDate(createdAt), LastModifiedTime: toDate(modifiedAt),
      })),
      ...next,
    };
  },
});
