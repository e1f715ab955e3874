import type { CreateModelInput } from "@aws-sdk/client-sagemaker";
import type { Principal } from "../../../wire/principal.ts";
import type { RequestContext } from "../../../wire/service.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation, type SageMakerState, type Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { tagConditions } from "../tags/tags.ts";
import { parseS3Uri, passRole, refuseIf, requireRole } from "../validate.ts";
import { primaryContainer, type ModelRecord } from "./model.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html */
export const createModel = operation("CreateModel", {
  authorize: (input, context) => [
    { action: "sagemaker:CreateModel", resource: arnOf("model", context, input.ModelName ?? ""), conditions: tagConditions(input.Tags) },
    ...(input.ExecutionRoleArn === undefined ? [] : [passRole(input.ExecutionRoleArn)]),
  ],
  handle: async (input, context) => {
    const request = input as CreateModelInput;
    const name = request.ModelName ?? "";
    const arn = arnOf("model", context, name);
    if (context.models.has(keyOf(context, name))) throw errors.modelExists(arn);
    checkRequest(request, context);
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

function checkRequest(request: CreateModelInput, context: Strictness & Pick<SageMakerState, "fleet">): void {
  if (request.PrimaryContainer !== undefined && request.Containers !== undefined) throw errors.invalid("You can't provide both PrimaryContainer and Containers.");
  if (request.PrimaryContainer === undefined && (request.Containers?.length ?? 0) === 0) throw errors.invalid("Either PrimaryContainer or Containers must be provided.");
  if (request.ExecutionRoleArn === undefined) throw errors.invalid("ExecutionRoleArn must be provided.");
  refuseIf((request.Containers?.length ?? 0) > 1, context, ["Containers with more than one member", "inference pipelines"]);
  refuseIf(request.VpcConfig !== undefined, context, ["VpcConfig", "network positions"]);
  refuseIf(request.EnableNetworkIsolation === true, context, ["EnableNetworkIsolation", "network isolation"]);
  const container = primaryContainer({ request });
  refuseIf(container.Mode === "MultiModel", context, ["Mode MultiModel", "multi-model endpoints"]);
  refuseIf(container.ModelPackageName !== undefined, context, ["ModelPackageName", "model packages"]);
  refuseIf(container.ModelDataSource !== undefined, context, ["ModelDataSource", "model data other than an archive (ModelDataUrl)"]);
  refuseIf((container.AdditionalModelDataSources?.length ?? 0) > 0, context, ["AdditionalModelDataSources", "additional model data"]);
  if (container.Image === undefined) throw errors.invalid("An image must be provided for the container.");
  const runtime = context.fleet.findRuntime(container.Image);
  if (runtime.kind === "refused") throw errors.unsupportedImage(runtime.reason);
}

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
