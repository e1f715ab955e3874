import { SECOND, type Instant } from "../../../../base/instant.ts";
import type { SystemSample } from "../../../../decide/debugger/index.ts";
import type { Log } from "../../../../shared/log.ts";
import type { Transfer } from "../../transfer.ts";
import { parseS3Uri } from "../../validate.ts";
import type { TrainingJobRecord } from "../training-job.ts";

const MINUTE = 60;

/** What a job's hosts used, brought to S3 minute by minute. */
export interface ProfilerOutput {
  add(sample: SystemSample, now: Instant): void;
  /** Brings the last minute. What S3 refuses is logged: no job fails for it. */
  end(): Promise<void>;
}

interface Minute {
  readonly key: string;
  readonly lines: string[];
}

/**
 * Writes `<S3OutputPath>/<job>/profiler-output/system/incremental/<hour>/<minute>.<host>.json`, a line of JSON for each value, as AWS's profiler does
 * (system_metrics_reader.py and system_profiler_file_parser.py of awslabs/sagemaker-debugger read it). Nothing without a ProfilerConfig.
 */
export function openProfilerOutput({ call, principal, region, signal }: Transfer, job: () => TrainingJobRecord, log: Log): ProfilerOutput {
  const minutes = new Map<string, Minute>();
  let last: Promise<unknown> = Promise.resolve();
  const put = ({ key, lines }: Minute): void => {
    const { bucket, key: path } = parseS3Uri(job().request.ProfilerConfig?.S3OutputPath ?? "");
    const prefix = path === "" ? "" : `${path.replace(/\/+$/, "")}/`;
    last = last.then(() => call("s3", "PutObject", { Bucket: bucket, Key: `${prefix}${job().name}/profiler-output/system/incremental/${key}`, Body: Buffer.from(lines.join("")) }, { principal, region, signal }))
      .catch((error: unknown) => log.warn("a job's system metrics could not be brought to S3", { job: job().arn, cause: String(error) }));
  };
  return {
    add(sample, now) {
      const { ProfilerConfig: config } = job().request;
      if (config?.S3OutputPath === undefined || config.DisableProfiler === true) return;
      const key = keyOf(sample.host, now);
      const present = minutes.get(sample.host);
      if (present !== undefined && present.key !== key) put(present);
      const minute = present?.key === key ? present : { key, lines: [] };
      minutes.set(sample.host, minute);
      minute.lines.push(...eventsOf(sample, now));
    },
    async end() {
      for (const minute of minutes.values()) put(minute);
      minutes.clear();
      await last;
    },
  };
}

/** `2024111505/1731649020.algo-1.json` */
function keyOf(host: string, now: Instant): string {
  const minute = Math.floor(now / SECOND / MINUTE) * MINUTE;
  return `${new Date(minute * SECOND).toISOString().slice(0, 13).replaceAll(/\D/g, "")}/${minute}.${host}.json`;
}

/** A machine's vCPUs are a share of the host's, not cores of its own: they are one `cpu`. */
function eventsOf({ host, cpu, memory, read = 0, written = 0, disk = 0 }: SystemSample, now: Instant): readonly string[] {
  const event = (Type: string, Name: string, Dimension: string, value: number): string =>
    `${JSON.stringify({ Type, Name, Dimension, Value: Math.round(value * 100) / 100, NodeId: host, Timestamp: now / SECOND })}\n`;
  return [
    event("cpu", "cpu", "CPUUtilization", cpu), event("memory", "MemoryUsedPercent", "", memory), event("i/o", "ReadThroughputInBytesPerSecond", "", read),
    event("i/o", "WriteThroughputInBytesPerSecond", "", written), event("disk", "DiskUtilization", "", disk),
  ];
}
