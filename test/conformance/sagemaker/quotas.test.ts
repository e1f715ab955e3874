import { CreateEndpointCommand, CreateTrainingJobCommand, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { hosting, server } from "./support/endpoint.ts";
import { jobs } from "./support/job.ts";
import { tunings } from "./support/tuning.ts";

test("training jobs beyond the quota get AWS's ResourceLimitExceeded until others have ended", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud({ quotas: "training=3" });
  const all = await jobs(cloud, "setInterval(() => {}, 1000);");
  const create = (TrainingJobName: string, change: object = {}) => all.sagemaker.send(new CreateTrainingJobCommand({ ...all.input, TrainingJobName, ...change }));
  await create("one");
  await expect(create("four", { ResourceConfig: { ...all.input.ResourceConfig, InstanceCount: 3 } })).rejects.toMatchObject({
    name: "ResourceLimitExceeded",
    message: expect.stringContaining("The account-level service limit 'ml.m5.large for training job usage' is 3 Instances, with current utilization of 1 Instances and a request delta of 3 Instances. Please use AWS Service Quotas") as string,
  });
  await create("three", { ResourceConfig: { ...all.input.ResourceConfig, InstanceCount: 2 } });
  await expect(create("late")).rejects.toMatchObject({ name: "ResourceLimitExceeded" });
  await create("other-type", { ResourceConfig: { ...all.input.ResourceConfig, InstanceType: "ml.m5.xlarge" } });
  await expect(all.describe("late")).rejects.toMatchObject({ name: "ValidationException" });
  await all.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "one" }));
  await all.ended("one");
  await create("late");
});

test("a tuning job needs the quota for all that it may run at once", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud({ quotas: "ml.m5.large for training job usage=1" });
  const all = await tunings(cloud);
  await expect(all.tune()).rejects.toMatchObject({ name: "ResourceLimitExceeded", message: expect.stringContaining("is 1 Instances, with current utilization of 0 Instances and a request delta of 2 Instances") as string });
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 1 } });
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed" });
});

test("endpoints have a quota of their own", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud({ quotas: "endpoint=1" });
  const all = await hosting(cloud);
  await all.create("first", server("response.end('1');"));
  await expect(all.sagemaker.send(new CreateEndpointCommand({ EndpointName: "second", EndpointConfigName: "first" }))).rejects.toMatchObject({ name: "ResourceLimitExceeded", message: expect.stringContaining("for endpoint usage' is 1 Instances") as string });
});
