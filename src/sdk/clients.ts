import type { IAMClient } from "@aws-sdk/client-iam";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Milliseconds } from "../base/instant.ts";
import { systemClock, type Clock } from "../shared/clock.ts";

/** Which cloud to talk to. Only this differs between the local one and AWS. */
export interface Target {
  /** Absent for AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  /** Absent for AWS's usual chain (environment, profile, role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** AWS SDK clients for a target, loaded when first asked for: each costs tens of milliseconds. */
export interface Clients {
  readonly target: Target;
  /** Between looks at something that takes its time. */
  pause(duration: Milliseconds): Promise<void>;
  s3(): Promise<S3Client>;
  iam(): Promise<IAMClient>;
  sts(): Promise<STSClient>;
  sagemaker(): Promise<SageMakerClient>;
  runtime(): Promise<SageMakerRuntimeClient>;
  lambda(): Promise<LambdaClient>;
  logs(): Promise<CloudWatchLogsClient>;
}

export function createClients(target: Target, clock: Clock = systemClock): Clients {
  const settings = { ...target, ...(target.endpoint !== undefined && { forcePathStyle: true }) };
  const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
  };
  return {
    target,
    pause: (duration) => clock.sleep(duration),
    s3: once(async () => new (await import("@aws-sdk/client-s3")).S3Client(settings)),
    iam: once(async () => new (await import("@aws-sdk/client-iam")).IAMClient(settings)),
    sts: once(async () => new (await import("@aws-sdk/client-sts")).STSClient(settings)),
    sagemaker: once(async () => new (await import("@aws-sdk/client-sagemaker")).SageMakerClient(settings)),
    runtime: once(async () => new (await import("@aws-sdk/client-sagemaker-runtime")).SageMakerRuntimeClient(settings)),
    lambda: once(async () => new (await import("@aws-sdk/client-lambda")).LambdaClient(settings)),
    logs: once(async () => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogsClient(settings)),
  };
}
