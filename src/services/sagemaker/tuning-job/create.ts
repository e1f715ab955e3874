import type { CreateHyperParameterTuningJobRequest } from "@aws-sdk/client-sagemaker";
import { groupsAsked } from "../../../catalogue/resources.ts";
import { passRole } from "../../../wire/access.ts";
import { aboutCreation } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireQuota } from "../quotas.ts";
import { checkTags } from "../tags/tags.ts";
import { checkInputData } from "../training-job/input-data.ts";
import { requireIsolation } from "../training-job/network-isolation.ts";
import { requireOwnRole, requireRole, SERVICE } from "../validate.ts";
import { checkTuningRequest } from "./check-request.ts";
import { rolesOf, tuningConditions } from "./conditions.ts";
import { checkWarmStart } from "./warm-start.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html */
export const createHyperParameterTuningJob = operation("CreateHyperParameterTuningJob", {
  // Its training jobs ask nothing of the caller's: AWS makes them.
  authorize: (input, context) => [
    ...aboutCreation(context, "hyper-parameter-tuning-job", { name: input.HyperParameterTuningJobName, tags: input.Tags, conditions: tuningConditions(input as CreateHyperParameterTuningJobRequest) }),
    ...rolesOf(input as CreateHyperParameterTuningJobRequest).map((role) => passRole(role, SERVICE)),
  ],
  handle: async (input, context) => {
    const request = input as CreateHyperParameterTuningJobRequest;
    const name = request.HyperParameterTuningJobName ?? "";
    const arn = arnOf("hyper-parameter-tuning-job", context, name);
    const key = keyOf(context, name);
    if (context.tuningJobs.has(key)) throw errors.tuningJobExists(name);
    checkTags(request.Tags);
    for (const role of rolesOf(request)) requireOwnRole(role, context.account);
    const definitions = checkTuningRequest(request, context);
    checkWarmStart(request, definitions, context);
    for (const { request: training } of definitions) {
      await requireIsolation(training, context);
      const role = await requireRole(context.training.assumeRole, { roleArn: training.RoleArn ?? "", sessionName: "SageMaker", sourceArn: arn });
      await checkInputData(training, context, role.principal);
    }
    // Asked for once, for as many as may run at the same time.
    const parallel = request.HyperParameterTuningJobConfig?.ResourceLimits?.MaxParallelTrainingJobs ?? 1;
    for (const { request: { ResourceConfig: resources, EnableManagedSpotTraining: spot } } of definitions) {
      for (const { type, count } of groupsAsked(resources)) requireQuota(context, { type, use: spot === true ? "spot training job" : "training job", count: parallel * count });
    }
    const { account, region } = context;
    const now = context.clock.now();
    const seed = request.HyperParameterTuningJobConfig?.RandomSeed ?? Math.floor(context.random.fraction() * 2 ** 31);
    // Two calls with one name at once: the second one finds the first's record here.
    if (!context.tuningJobs.insert(key, { name, arn, account, region, request, definitions, seed, status: "InProgress", createdAt: now, modifiedAt: now })) throw errors.tuningJobExists(name);
    context.tags.add(arn, request.Tags ?? []);
    context.tuner.begin(key);
    return { HyperParameterTuningJobArn: arn };
  },
});
