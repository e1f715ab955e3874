import { toDate } from "../../../base/instant.ts";
import { aboutAll } from "../access.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html */
export const listTrainingJobs = operation("ListTrainingJobs", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const records = context.trainingJobs.values({ prefix: prefixOf(context) })
      // Warm pools and training plans are refused at creation: no job has one.
      .filter((job) => input.WarmPoolStatusEquals === undefined && input.TrainingPlanArnEquals === undefined && (input.StatusEquals === undefined || job.status === input.StatusEquals));
    const { page, next } = pageOf(records, input, {
      order: "Ascending", sortBy: (job) => (input.SortBy === "Name" ? job.name : input.SortBy === "Status" ? job.status : job.createdAt),
    });
    return {
      TrainingJobSummaries: page.map((job) => ({
        TrainingJobName: job.name,
        TrainingJobArn: job.arn,
        CreationTime: toDate(job.createdAt),
        LastModifiedTime: toDate(job.modifiedAt),
        TrainingJobStatus: job.status,
        SecondaryStatus: job.secondary as "Completed",
        ...(job.endedAt !== undefined && { TrainingEndTime: toDate(job.endedAt) }),
      })),
      ...next,
    };
  },
});
