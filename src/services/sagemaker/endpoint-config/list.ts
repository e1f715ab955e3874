import { toDate } from "../../../base/instant.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpointConfigs.html */
export const listEndpointConfigs = operation("ListEndpointConfigs", {
  authorize: () => [{ action: "sagemaker:ListEndpointConfigs", resource: "*" }],
  handle: (input, context) => {
    const { page, nextToken } = pageOf(context.endpointConfigs.values({ prefix: prefixOf(context) }), input, (config) => (input.SortBy === "Name" ? config.name : config.createdAt));
    return {
      EndpointConfigs: page.map(({ name, arn, createdAt }) => ({ EndpointConfigName: name, EndpointConfigArn: arn, CreationTime: toDate(createdAt) })),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    };
  },
});
