import type { Instant } from "../../../base/instant.ts";
import type { Store } from "../../../store/index.ts";
import type { FinalMetric } from "./training-job.ts";

/** Reads a job's metrics out of its log by the regexes of its metric definitions, first group as the value. */
export interface MetricReader {
  read(line: string): void;
  /** The last value of each metric, as FinalMetricDataList has them. */
  final(): readonly FinalMetric[];
}

interface Definition {
  readonly name: string;
  readonly regex: string;
}

/** Every value is also kept with its time, ready for CloudWatch's `/aws/sagemaker/TrainingJobs` metrics. */
export function createMetricReader(store: Store, { job, definitions, now, onValue }: { readonly job: string; readonly definitions: readonly Definition[]; readonly now: () => Instant; readonly onValue: (name: string) => void }): MetricReader {
  const patterns = definitions.map(({ name, regex }) => ({ name, pattern: new RegExp(regex) }));
  const insert = store.prepare("INSERT INTO sagemaker_job_metrics (job, name, at, value) VALUES (?, ?, ?, ?)");
  const last = new Map<string, FinalMetric>();
  return {
    read(line) {
      for (const { name, pattern } of patterns) {
        const text = pattern.exec(line)?.[1];
        const value = text === undefined ? Number.NaN : Number(text);
        if (!Number.isFinite(value)) continue;
        const at = now();
        insert.run(job, name, at, value);
        last.set(name, { name, value, at });
        onValue(name);
      }
    },
    final: () => [...last.values()],
  };
}

/** A metric's values in the order in which they were printed. */
export const metricValues = (store: Store, job: string, name: string): readonly number[] =>
  store.prepare("SELECT value FROM sagemaker_job_metrics WHERE job = ? AND name = ? ORDER BY at, rowid").all(job, name).map((row) => (row as { readonly value: number }).value);

/** Removes what a job's metrics left behind. */
export const forgetMetrics = (store: Store, job: string): void =>
  void store.prepare("DELETE FROM sagemaker_job_metrics WHERE job = ?").run(job);
