import { toDate } from "../../../base/instant.ts";
import { aboutAll } from "../access.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListModels.html */
export const listModels = operation("ListModels", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const { page, next } = pageOf(context.models.values({ prefix: prefixOf(context) }), input, {
      order: "Descending", sortBy: (model) => (input.SortBy === "Name" ? model.name : model.createdAt),
    });
    return {
      Models: page.map(({ name, arn, createdAt }) => ({ ModelName: name, ModelArn: arn, CreationTime: toDate(createdAt) })),
      ...next,
    };
  },
});
