import { toDate } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { operation } from "../context.ts";
import { requireModel } from "./model.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModel.html */
export const describeModel = operation("DescribeModel", {
  authorize: (input, context) => [aboutResource(context, "model", input.ModelName)],
  handle: (input, context) => {
    const { name, arn, request, createdAt } = requireModel(context, input.ModelName ?? "");
    return { EnableNetworkIsolation: false, ...request, ModelName: name, ModelArn: arn, CreationTime: toDate(createdAt) };
  },
});
