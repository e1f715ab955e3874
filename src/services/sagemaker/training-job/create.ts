import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import { groupsAsked } from "../../../catalogue/resources.ts";
import { passRole } from "../../../wire/access.ts";
import { aboutCreation } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireQuota } from "../quotas.ts";
import { checkTags } from "../tags/tags.ts";
import { requireOwnRole, requireRole, SERVICE } from "../validate.ts";
import { checkRequest } from "./check-request.ts";
import { trainingConditions } from "./conditions.ts";
import { checkInputData } from "./input-data.ts";
import { requireIsolation } from "./network-isolation.ts";
import { rulesOf } from "./rules/configurations.ts";
import { newTrainingJob } from "./training-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html */
export const createTrainingJob = operation("CreateTrainingJob", {
  authorize: (input, context) => [
    ...aboutCreation(context, "training-job", { name: input.TrainingJobName, tags: input.Tags, conditions: trainingConditions(input) }),
    passRole(input.RoleArn ?? "", SERVICE),
  ],
  handle: async (input, context) => {
    const request = input as CreateTrainingJobRequest;
    const name = request.TrainingJobName ?? "";
    const arn = arnOf("training-job", context, name);
    const key = keyOf(context, name);
    if (context.trainingJobs.has(key)) throw errors.trainingJobExists(arn);
    checkTags(request.Tags);
    requireOwnRole(request.RoleArn, context.account);
    const metricDefinitions = checkRequest(request, context);
    await requireIsolation(request, context);
    const role = await requireRole(context.training.assumeRole, { roleArn: request.RoleArn ?? "", sessionName: "SageMaker", sourceArn: arn });
    await checkInputData(request, context, role.principal);
    for (const { type, count } of groupsAsked(request.ResourceConfig)) requireQuota(context, { type, use: request.EnableManagedSpotTraining === true ? "spot training job" : "training job", count });
    const { account, region } = context;
    const job = newTrainingJob({ name, arn, account, region, request, metricDefinitions, rules: rulesOf(request, context.clock.now()) }, context.clock.now());
    // Two calls with one name at once: the second one finds the first's record here.
    if (!context.trainingJobs.insert(key, job)) throw errors.trainingJobExists(arn);
    context.tags.add(arn, request.Tags ?? []);
    context.training.begin(key);
    return { TrainingJobArn: arn };
  },
});
