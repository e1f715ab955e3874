import { toDate } from "../../../base/instant.ts";
import { aboutAll } from "../access.ts";
import { keyOf, prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListNotebookInstances.html */
export const listNotebookInstances = operation("ListNotebookInstances", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const records = context.notebooks.values({ prefix: prefixOf(context) })
      // Those with a code repository are refused at creation: no notebook has one.
      .filter(() => input.DefaultCodeRepositoryContains === undefined && input.AdditionalCodeRepositoryEquals === undefined)
      .filter(({ status }) => input.StatusEquals === undefined || status === input.StatusEquals)
      .filter(({ request }) => input.NotebookInstanceLifecycleConfigNameContains === undefined || (request.LifecycleConfigName ?? "").includes(input.NotebookInstanceLifecycleConfigNameContains));
    const { page, next } = pageOf(records, input, {
      order: "Descending", sortBy: (each) => (input.SortBy === "CreationTime" ? each.createdAt : input.SortBy === "Status" ? each.status : each.name),
    });
    return {
      NotebookInstances: page.map(({ name, arn, status, request, createdAt, modifiedAt }) => {
        const url = context.house.address(keyOf(context, name));
        return {
          NotebookInstanceName: name, NotebookInstanceArn: arn, NotebookInstanceStatus: status, InstanceType: request.InstanceType,
          ...(url !== undefined && { Url: url }), CreationTime: toDate(createdAt), LastModifiedTime: toDate(modifiedAt),
          ...(request.LifecycleConfigName !== undefined && { NotebookInstanceLifecycleConfigName: request.LifecycleConfigName }),
        };
      }),
      ...next,
    };
  },
});
