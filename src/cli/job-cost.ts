import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../base/instant.ts";
import { findInstanceType } from "../catalogue/instance-types.ts";
import { SPOT_PAID_SHARE } from "../catalogue/prices.ts";
import { costOfResources, describeResources, groupsAsked } from "../catalogue/resources.ts";

type Job = Pick<DescribeTrainingJobCommandOutput, "TrainingJobStatus" | "ResourceConfig" | "BillableTimeInSeconds" | "TrainingStartTime" | "StoppingCondition" | "EnableManagedSpotTraining">;

/** What a training job costs, for people: its instances, what is billed and for how much, and, while it runs, what it can cost at most. */
export interface JobCost {
  readonly instances: string;
  readonly billable: string;
  readonly price: string;
  readonly cost: string;
}

const dollars = (usd: number): string => `$${usd < 0.01 ? usd.toFixed(5) : usd.toFixed(2)}`;

/** A price that is not known is said to be unknown. AWS gives billable seconds when a job has ended: before, they are counted from its start. */
export function jobCost(job: Job, now: Instant): JobCost {
  const resources = job.ResourceConfig;
  const spot = job.EnableManagedSpotTraining === true;
  const hourly = groupsAsked(resources).map(({ type }) => findInstanceType(type)?.usdPerHour);
  const elapsed = job.TrainingStartTime === undefined ? 0 : Math.max(0, Math.ceil((now - job.TrainingStartTime.getTime()) / 1000)) * (spot ? SPOT_PAID_SHARE : 1);
  const seconds = job.BillableTimeInSeconds ?? Math.ceil(elapsed);
  const running = job.TrainingJobStatus === "InProgress" || job.TrainingJobStatus === "Stopping";
  const billed = costOfResources(resources, seconds);
  const most = costOfResources(resources, (job.StoppingCondition?.MaxRuntimeInSeconds ?? 0) * (spot ? SPOT_PAID_SHARE : 1));
  return {
    instances: `${describeResources(resources)}${spot ? " spot" : ""}`,
    billable: `${seconds} s`,
    price: hourly.includes(undefined) ? "unknown price" : hourly.map((price) => `$${price ?? 0}/h`).join(", "),
    cost: billed === undefined ? "cost unknown" : running ? `${dollars(billed)} so far, at most ${dollars(most ?? 0)}` : `${dollars(billed)} billed on AWS`,
  };
}
