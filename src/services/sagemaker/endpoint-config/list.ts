import { toDate } from "../../../base/instant.ts";
import { aboutAll } from "../access.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpointConfigs.html */
export const listEndpointConfigs = operation("ListEndpointConfigs", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const { page, next } = pageOf(context.endpointConfigs.values({ prefix: prefixOf(context) }), input, {
      order: "Descending", sortBy: (config) => (input.SortBy === "Name" ? config.name : config.createdAt),
    });
    return {
      EndpointConfigs: page.map(({ name, arn, createdAt }) => ({ EndpointConfigName: name, EndpointConfigArn: arn, CreationTime: toDate(createdAt) })),
      ...next,
    };
  },
});
