import { toDate } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { onlyVariant } from "../endpoint-config/endpoint-config.ts";
import { requireEndpoint } from "./endpoint.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
export const describeEndpoint = operation("DescribeEndpoint", {
  authorize: (input, context) => [aboutResource(context, "endpoint", input.EndpointName)],
  handle: (input, context) => {
    const endpoint = requireEndpoint(context, input.EndpointName ?? "");
    const variant = onlyVariant(endpoint.deployment.config);
    const served = endpoint.status === "InService" || endpoint.status === "Updating" || endpoint.status === "SystemUpdating";
    return {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.deployment.config.name,
      EndpointStatus: endpoint.status,
      CreationTime: toDate(endpoint.createdAt),
      LastModifiedTime: toDate(endpoint.modifiedAt),
      ...(endpoint.failureReason !== undefined && { FailureReason: endpoint.failureReason }),
      ...(served && {
        ProductionVariants: [{
          VariantName: variant.VariantName ?? "",
          CurrentWeight: variant.InitialVariantWeight ?? 1,
          DesiredWeight: variant.InitialVariantWeight ?? 1,
          CurrentInstanceCount: context.fleet.instances(keyOf(context, endpoint.name)).length,
          DesiredInstanceCount: variant.InitialInstanceCount ?? 1,
        }],
      }),
    };
  },
});
