import { toDate } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { operation } from "../context.ts";
import { requireEndpointConfig } from "./endpoint-config.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpointConfig.html */
export const describeEndpointConfig = operation("DescribeEndpointConfig", {
  authorize: (input, context) => [aboutResource(context, "endpoint-config", input.EndpointConfigName)],
  handle: (input, context) => {
    const { name, arn, request, createdAt } = requireEndpointConfig(context, input.EndpointConfigName ?? "");
    return { EnableNetworkIsolation: false, ...request, EndpointConfigName: name, EndpointConfigArn: arn, ProductionVariants: request.ProductionVariants ?? [], CreationTime: toDate(createdAt) };
  },
});
