import type { ServiceId } from "./service.ts";

export type ProtocolName = "awsJson1_1" | "awsQuery" | "restJson1" | "restXml";

/**
 * What identifies a service on the wire. Kept here rather than read from a client's configuration, which costs a client
 * instance and has changed between SDK versions.
 */
export interface ServiceIdentity {
  readonly protocol: ProtocolName;
  /** The service part of the credential scope. */
  readonly signingName: string;
  /** Prefix of `X-Amz-Target` (awsJson). */
  readonly target?: string;
  /** `Version` parameter (awsQuery). */
  readonly version?: string;
  readonly namespace: string;
  readonly xmlNamespace?: string;
  /** Largest request body that is read into memory, in bytes. Streaming payloads (S3) have no such limit. */
  readonly maxBodyBytes: number;
}

const MiB = 1024 * 1024;

export const SERVICE_IDENTITIES: Readonly<Record<ServiceId, ServiceIdentity>> = {
  s3: {
    protocol: "restXml", signingName: "s3", namespace: "com.amazonaws.s3",
    xmlNamespace: "http://s3.amazonaws.com/doc/2006-03-01/", maxBodyBytes: 4 * MiB,
  },
  sts: {
    protocol: "awsQuery", signingName: "sts", version: "2011-06-15", namespace: "com.amazonaws.sts",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/", maxBodyBytes: MiB,
  },
  iam: {
    protocol: "awsQuery", signingName: "iam", version: "2010-05-08", namespace: "com.amazonaws.iam",
    xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/", maxBodyBytes: MiB,
  },
  sagemaker: {
    protocol: "awsJson1_1", signingName: "sagemaker", target: "SageMaker", namespace: "com.amazonaws.sagemaker",
    maxBodyBytes: 4 * MiB,
  },
  "sagemaker-runtime": {
    // 6 MiB is InvokeEndpoint's own limit; a little more is read so that the service itself can refuse it in AWS's words.
    protocol: "restJson1", signingName: "sagemaker", namespace: "com.amazonaws.sagemakerruntime", maxBodyBytes: 8 * MiB,
  },
  lambda: {
    // A 50 MB archive in base64 inside JSON.
    protocol: "restJson1", signingName: "lambda", namespace: "com.amazonaws.lambda", maxBodyBytes: 72 * MiB,
  },
  logs: {
    protocol: "awsJson1_1", signingName: "logs", target: "Logs_20140328", namespace: "com.amazonaws.cloudwatchlogs",
    maxBodyBytes: 4 * MiB,
  },
};
