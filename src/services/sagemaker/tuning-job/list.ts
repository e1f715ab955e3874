import { aboutAll } from "../access.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";
import { trialsOf } from "./require.ts";
import { tuningSummary } from "./summary.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListHyperParameterTuningJobs.html: by name, ascending, unless asked otherwise. */
export const listHyperParameterTuningJobs = operation("ListHyperParameterTuningJobs", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const records = context.tuningJobs.values({ prefix: prefixOf(context) }).filter(({ status }) => input.StatusEquals === undefined || status === input.StatusEquals);
    const { page, next } = pageOf(records, input, {
      order: "Ascending", sortBy: (job) => (input.SortBy === "CreationTime" ? job.createdAt : input.SortBy === "Status" ? job.status : job.name),
    });
    return { HyperParameterTuningJobSummaries: page.map((job) => tuningSummary(job, trialsOf(context, job))), ...next };
  },
});
