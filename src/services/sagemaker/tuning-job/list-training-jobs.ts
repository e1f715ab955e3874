import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";
import { requireTuningJob, trialsOf } from "./require.ts";
import { statusOf, trialSummary } from "./summary.ts";

/**
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobsForHyperParameterTuningJob.html: by name,
 * ascending, unless asked otherwise; sorted by FinalObjectiveMetricValue, training jobs without a value are left out.
 */
export const listTrainingJobsForHyperParameterTuningJob = operation("ListTrainingJobsForHyperParameterTuningJob", {
  authorize: (input, context) => [aboutResource(context, "hyper-parameter-tuning-job", input.HyperParameterTuningJobName)],
  handle: (input, context) => {
    const job = requireTuningJob(context, input.HyperParameterTuningJobName ?? "");
    const records = trialsOf(context, job).map((trial) => {
      const running = trial.end === undefined ? context.trainingJobs.get(keyOf(job, trial.trainingJob)) : undefined;
      return { name: trial.trainingJob, createdAt: trial.createdAt, modifiedAt: trial.end?.endedAt ?? trial.createdAt, status: statusOf(trial, running), objective: trial.end?.objective, trial, running };
    });
    const wanted = records.filter(({ status, objective }) =>
      (input.StatusEquals === undefined || status === input.StatusEquals) && (input.SortBy !== "FinalObjectiveMetricValue" || objective !== undefined));
    const { page, next } = pageOf(wanted, { ...input }, {
      order: "Ascending",
      sortBy: ({ name, createdAt, status, objective }) => {
        switch (input.SortBy) {
          case "CreationTime": return createdAt;
          case "Status": return status;
          case "FinalObjectiveMetricValue": return objective ?? 0;
          default: return name;
        }
      },
    });
    return { TrainingJobSummaries: page.map(({ trial, running }) => trialSummary(job, trial, running)), ...next };
  },
});
