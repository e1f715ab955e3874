import { IAMClient } from "@aws-sdk/client-iam";
import { startCloud } from "../../support/cloud.ts";

export const ACCOUNT = "000000000000";
export const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
export const READ = policy({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" });
export const TRUST = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });

/** A cloud and root's client to its IAM. */
export async function startIam(): Promise<AsyncDisposable & { readonly iam: IAMClient }> {
  const cloud = await startCloud();
  return { iam: new IAMClient(cloud.client), [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose]() };
}
