import { toDate } from "../../../base/instant.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListModels.html */
export const listModels = operation("ListModels", {
  authorize: () => [{ action: "sagemaker:ListModels", resource: "*" }],
  handle: (input, context) => {
    const { page, nextToken } = pageOf(context.models.values({ prefix: prefixOf(context) }), input, (model) => (input.SortBy === "Name" ? model.name : model.createdAt));
    return {
      Models: page.map(({ name, arn, createdAt }) => ({ ModelName: name, ModelArn: arn, CreationTime: toDate(createdAt) })),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    };
  },
});
