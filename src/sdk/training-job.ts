import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { Milliseconds } from "../base/instant.ts";
import type { Clients } from "./clients.ts";

const POLL: Milliseconds = 500;

/** The job, or undefined when there is none of this name. */
export async function describeTrainingJob(clients: Clients, jobName: string): Promise<DescribeTrainingJobCommandOutput | undefined> {
  const { DescribeTrainingJobCommand } = await import("@aws-sdk/client-sagemaker");
  try {
    return await (await clients.sagemaker()).send(new DescribeTrainingJobCommand({ TrainingJobName: jobName }));
  } catch (error) {
    if ((error as Error).name === "ValidationException" && (error as Error).message.includes("not found")) return undefined;
    throw error;
  }
}

/** Looks at a job until it completed; `look` is called each time. Throws with AWS's FailureReason when it failed, was stopped or is gone. */
export async function untilTrained(clients: Clients, jobName: string, look: (job: DescribeTrainingJobCommandOutput) => unknown): Promise<DescribeTrainingJobCommandOutput> {
  for (;;) {
    const job = await describeTrainingJob(clients, jobName);
    if (!job) throw new Error(`the training job ${jobName} is gone`);
    await look(job);
    if (job.TrainingJobStatus === "Completed") return job;
    if (job.TrainingJobStatus === "Failed" || job.TrainingJobStatus === "Stopped") {
      throw new Error(`The training job ${jobName} ended as ${job.TrainingJobStatus}: ${job.FailureReason ?? String(job.SecondaryStatus)}\nIts log: sagebrush logs --training ${jobName}`);
    }
    await clients.pause(POLL);
  }
}
