import { cheapestTypeWith } from "../catalogue/instance-types.ts";
import { atChance } from "./chance.ts";
import { gpuUnused, memoryHeadroom, rulesFound, sameWork } from "./job.ts";
import { notebookSays } from "./notebook.ts";
import type { Finding, JobFacts, Snapshot, TuningFacts } from "./snapshot.ts";
import { deadRange, deadWinner, dependsOnBatchSize, tunedOnTest } from "./tuning.ts";

export { adviseInstances, type AdvisedUse, type InstanceAdvice, type InstanceRow, type RunFacts } from "./instances.ts";
export type { Finding, GroupFacts, JobFacts, MetricFacts, NotebookFacts, Snapshot, TrialFacts, TuningFacts, Usage } from "./snapshot.ts";

/** What is to be said of one training job. */
export function reviewJob(job: JobFacts): readonly Finding[] {
  const smallest = (memoryMiB: number): ReturnType<typeof cheapestTypeWith> => cheapestTypeWith({ memoryGiB: memoryMiB / 1024, use: "training" });
  return [...atChance(job), ...sameWork(job), ...gpuUnused(job), ...memoryHeadroom(job, smallest), ...rulesFound(job)];
}

/** What is to be said of one tuning job, the worst first. */
export const reviewTuning = (tuning: TuningFacts): readonly Finding[] =>
  [...deadWinner(tuning), ...deadRange(tuning), ...dependsOnBatchSize(tuning), ...tunedOnTest(tuning)];

/** Every finding of a snapshot, tuning jobs first. */
export const review = ({ jobs, tunings, notebooks }: Snapshot): readonly Finding[] => [...tunings.flatMap(reviewTuning), ...jobs.flatMap(reviewJob), ...notebooks.flatMap(notebookSays)];
