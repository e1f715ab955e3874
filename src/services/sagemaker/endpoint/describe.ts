import type { DescribeEndpointOutput, PendingDeploymentSummary, ProductionVariantSummary } from "@aws-sdk/client-sagemaker";
import { toDate } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { keyOf, type Place } from "../arns.ts";
import { operation, type SageMakerState } from "../context.ts";
import { onlyVariant } from "../endpoint-config/endpoint-config.ts";
import { primaryContainer } from "../model/model.ts";
import { requireEndpoint, type Deployment, type EndpointRecord } from "./endpoint.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
export const describeEndpoint = operation("DescribeEndpoint", {
  authorize: (input, context) => [aboutResource(context, "endpoint", input.EndpointName)],
  handle: (input, context): DescribeEndpointOutput => endpointDescription(context, requireEndpoint(context, input.EndpointName ?? "")),
});

/** An endpoint as it is described. */
export function endpointDescription(context: Pick<SageMakerState, "fleet"> & Place, endpoint: EndpointRecord): DescribeEndpointOutput {
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: endpoint.deployment.config.name,
    EndpointStatus: endpoint.status,
    CreationTime: toDate(endpoint.createdAt),
    LastModifiedTime: toDate(endpoint.modifiedAt),
    ...(endpoint.failureReason !== undefined && { FailureReason: endpoint.failureReason }),
    ...(endpoint.status !== "Creating" && endpoint.status !== "Failed" && {
      ProductionVariants: [summaryOf(endpoint.deployment, context.fleet.instances(keyOf(context, endpoint.name)).length)],
    }),
    ...pendingOf(endpoint),
  };
}

function summaryOf({ config, model }: Deployment, running: number): ProductionVariantSummary {
  const variant = onlyVariant(config);
  return {
    VariantName: variant.VariantName,
    DeployedImages: [{ SpecifiedImage: primaryContainer(model).Image }],
    CurrentWeight: variant.InitialVariantWeight ?? 1,
    DesiredWeight: variant.InitialVariantWeight ?? 1,
    CurrentInstanceCount: running,
    DesiredInstanceCount: variant.InitialInstanceCount ?? 1,
    ...(variant.RoutingConfig !== undefined && { RoutingConfig: variant.RoutingConfig }),
  };
}

/** What is being brought up, while something is. */
function pendingOf({ status, deployment, next, createdAt, modifiedAt }: EndpointRecord): { readonly PendingDeploymentSummary?: PendingDeploymentSummary } {
  const pending = next ?? (status === "Creating" ? deployment : undefined);
  if (pending === undefined) return {};
  const { InstanceType } = onlyVariant(pending.config);
  return {
    PendingDeploymentSummary: {
      EndpointConfigName: pending.config.name,
      ProductionVariants: [{ ...summaryOf(pending, 0), ...(InstanceType !== undefined && { InstanceType }) }],
      StartTime: toDate(status === "Creating" ? createdAt : modifiedAt),
    },
  };
}
