import type { CreateModelInput } from "@aws-sdk/client-sagemaker";
import { passRole } from "../../../wire/access.ts";
import type { Principal } from "../../../wire/principal.ts";
import type { RequestContext } from "../../../wire/service.ts";
import { aboutCreation } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { checkTags } from "../tags/tags.ts";
import { parseS3Uri, requireOwnRole, requireRole, SERVICE } from "../validate.ts";
import { checkModelRequest } from "./check-request.ts";
import { primaryContainer, type ModelRecord } from "./model.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html */
export const createModel = operation("CreateModel", {
  authorize: (input, context) => [
    ...aboutCreation(context, "model", {
      name: input.ModelName, tags: input.Tags,
      conditions: {
        "sagemaker:NetworkIsolation": input.EnableNetworkIsolation?.toString(),
        "sagemaker:VpcSubnets": input.VpcConfig?.Subnets, "sagemaker:VpcSecurityGroupIds": input.VpcConfig?.SecurityGroupIds,
      },
    }),
    ...(input.ExecutionRoleArn === undefined ? [] : [passRole(input.ExecutionRoleArn, SERVICE)]),
  ],
  handle: async (input, context) => {
    const request = input as CreateModelInput;
    const name = request.ModelName ?? "";
    const arn = arnOf("model", context, name);
    if (context.models.has(keyOf(context, name))) throw errors.modelExists(arn);
    checkTags(request.Tags);
    requireOwnRole(request.ExecutionRoleArn, context.account);
    checkModelRequest(request, context);
    const now = context.clock.now();
    const { Tags: tags = [], ...kept } = request;
    const record: ModelRecord = { name, arn, account: context.account, region: context.region, request: kept, createdAt: now, modifiedAt: now };
    const role = await requireRole(context.training.assumeRole, { roleArn: request.ExecutionRoleArn ?? "", sessionName: "SageMaker" });
    await checkModelData(record, context, role.principal);
    if (!context.models.insert(keyOf(context, name), record)) throw errors.modelExists(arn);
    context.tags.add(arn, tags);
    return { ModelArn: arn };
  },
});

/** The archive must be there and readable by the model's role, as AWS checks before it accepts the model. */
async function checkModelData(record: ModelRecord, { call, region }: Pick<RequestContext, "call" | "region">, principal: Principal): Promise<void> {
  const uri = primaryContainer(record).ModelDataUrl;
  if (uri === undefined) return;
  const { bucket, key } = parseS3Uri(uri);
  try {
    await call("s3", "HeadObject", { Bucket: bucket, Key: key }, { principal, region });
  } catch (error) {
    throw Object.assign(errors.modelData(uri, record.request.ExecutionRoleArn ?? "", region), { cause: error });
  }
}
