import type { CreateNotebookInstanceInput } from "@aws-sdk/client-sagemaker";
import { passRole } from "../../../wire/access.ts";
import { aboutCreation } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireQuota } from "../quotas.ts";
import { checkTags } from "../tags/tags.ts";
import { requireOwnRole, requireRole, SERVICE } from "../validate.ts";
import { checkRequest } from "./check-request.ts";
import { newNotebook } from "./notebook.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html */
export const createNotebookInstance = operation("CreateNotebookInstance", {
  authorize: (input, context) => [
    ...aboutCreation(context, "notebook-instance", {
      name: input.NotebookInstanceName, tags: input.Tags,
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html#amazonsagemaker-actions-as-permissions
      conditions: {
        "sagemaker:InstanceTypes": input.InstanceType === undefined ? undefined : [input.InstanceType], "sagemaker:DirectInternetAccess": input.DirectInternetAccess,
        "sagemaker:RootAccess": input.RootAccess, "sagemaker:VolumeKmsKey": input.KmsKeyId, "sagemaker:VpcSubnets": input.SubnetId === undefined ? undefined : [input.SubnetId],
        "sagemaker:VpcSecurityGroupIds": input.SecurityGroupIds,
      },
    }),
    passRole(input.RoleArn ?? "", SERVICE),
  ],
  handle: async (input, context) => {
    const request = input as CreateNotebookInstanceInput;
    const name = request.NotebookInstanceName ?? "";
    const arn = arnOf("notebook-instance", context, name);
    const key = keyOf(context, name);
    if (context.notebooks.has(key)) throw errors.notebookExists(arn);
    checkTags(request.Tags);
    requireOwnRole(request.RoleArn, context.account);
    checkRequest(request, context);
    await requireRole(context.house.assumeRole, { roleArn: request.RoleArn ?? "", sessionName: "SageMaker", sourceArn: arn });
    requireQuota(context, { type: request.InstanceType, use: "notebook instance", count: 1 });
    const { account, region } = context;
    if (!context.notebooks.insert(key, newNotebook({ name, arn, account, region, request }, context.clock.now()))) throw errors.notebookExists(arn);
    context.tags.add(arn, request.Tags ?? []);
    context.house.begin(key);
    return { NotebookInstanceArn: arn };
  },
});
