import { toDate } from "../../../base/instant.ts";
import { arnOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireEndpointConfig } from "./endpoint-config.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpointConfig.html */
export const describeEndpointConfig = operation("DescribeEndpointConfig", {
  authorize: (input, context) => {
    const arn = arnOf("endpoint-config", context, input.EndpointConfigName ?? "");
    return [{ action: "sagemaker:DescribeEndpointConfig", resource: arn, resourceTags: context.tags.get(arn) }];
  },
  handle: (input, context) => {
    const { name, arn, request, createdAt } = requireEndpointConfig(context, input.EndpointConfigName ?? "");
    return { EnableNetworkIsolation: false, ...request, EndpointConfigName: name, EndpointConfigArn: arn, ProductionVariants: request.ProductionVariants ?? [], CreationTime: toDate(createdAt) };
  },
});
