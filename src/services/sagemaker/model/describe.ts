import { toDate } from "../../../base/instant.ts";
import { arnOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireModel } from "./model.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModel.html */
export const describeModel = operation("DescribeModel", {
  authorize: (input, context) => {
    const arn = arnOf("model", context, input.ModelName ?? "");
    return [{ action: "sagemaker:DescribeModel", resource: arn, resourceTags: context.tags.get(arn) }];
  },
  handle: (input, context) => {
    const { name, arn, request, createdAt } = requireModel(context, input.ModelName ?? "");
    return { EnableNetworkIsolation: false, ...request, ModelName: name, ModelArn: arn, CreationTime: toDate(createdAt) };
  },
});
