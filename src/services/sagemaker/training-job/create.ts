import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { tagConditions } from "../tags/tags.ts";
import { passRole, requireRole } from "../validate.ts";
import { checkInputData } from "./input-data.ts";
import { checkRequest } from "./check-request.ts";
import type { TrainingJobRecord } from "./training-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html */
export const createTrainingJob = operation("CreateTrainingJob", {
  authorize: (input, context) => [
    {
      action: "sagemaker:CreateTrainingJob", resource: arnOf("training-job", context, input.TrainingJobName ?? ""),
      conditions: { ...tagConditions(input.Tags), "sagemaker:InstanceTypes": [input.ResourceConfig?.InstanceType ?? ""] },
    },
    passRole(input.RoleArn ?? ""),
  ],
  handle: async (input, context) => {
    const request = input as CreateTrainingJobRequest;
    const name = request.TrainingJobName ?? "";
    const arn = arnOf("training-job", context, name);
    const key = keyOf(context, name);
    if (context.trainingJobs.has(key)) throw errors.trainingJobExists(arn);
    const metricDefinitions = checkRequest(request, context);
    const role = await requireRole(context.training.assumeRole, { roleArn: request.RoleArn ?? "", sessionName: "SageMaker" });
    await checkInputData(request, context, role.principal);
    const now = context.clock.now();
    const record: TrainingJobRecord = {
      name, arn, account: context.account, region: context.region, request, metricDefinitions,
      status: "InProgress", secondary: "Starting", createdAt: now, modifiedAt: now,
      transitions: [{ status: "Starting", startedAt: now, message: "Starting the training job" }],
      runs: [], finalMetrics: [], notes: [],
    };
    // Two calls with one name at once: the second one finds the first's record here.
    if (!context.trainingJobs.insert(key, record)) throw errors.trainingJobExists(arn);
    context.tags.add(arn, request.Tags ?? []);
    context.training.begin(key);
    return { TrainingJobArn: arn };
  },
});
