import { parseArn } from "../../base/arn.ts";
import { findInstanceType, type InstanceType, type InstanceUse } from "../../catalogue/instance-types.ts";
import type { AssumeRoleForService, ServiceDependencies } from "../../wire/service.ts";
import type { Strictness } from "./context.ts";
import { errors } from "./errors.ts";

export const SERVICE = "sagemaker.amazonaws.com";

/** A demand that is not met here: an error naming the parameter, or a warning under `--lenient`. */
export function refuseIf(demanded: boolean, { lenient, log }: Strictness, [parameter, reason]: readonly [parameter: string, reason: string]): void {
  if (!demanded) return;
  if (!lenient) throw errors.unsupported(parameter, reason);
  log.warn(`${parameter} was asked for and is not supported: going on without it`, { reason });
}

/** Refuses the role of another account, before anybody is asked about it. */
export function requireOwnRole(roleArn: string | undefined, account: string): void {
  if (roleArn !== undefined && parseArn(roleArn)?.account !== account) throw errors.foreignRole();
}

/** Takes the role on as SageMaker does when a job or model is created; throws AWS's sentence when its trust refuses. */
export async function requireRole(assumeRole: ServiceDependencies["assumeRole"], request: Pick<AssumeRoleForService, "roleArn" | "sessionName" | "sourceArn" | "durationSeconds">): ReturnType<ServiceDependencies["assumeRole"]> {
  try {
    return await assumeRole({ ...request, service: SERVICE });
  } catch (error) {
    throw Object.assign(errors.roleNotAssumable(request.roleArn), { cause: error });
  }
}

/** The instance type of this name, when it is there for this use; the enumerations of the API have been checked before. */
export function requireInstanceType(name: string | undefined, use: InstanceUse): InstanceType {
  if (name === undefined) throw errors.invalid("InstanceType must be provided.");
  const type = findInstanceType(name);
  if (!type?.uses.includes(use)) throw errors.unknownInstanceType(name, use);
  return type;
}

/** `s3://bucket/prefix` as its parts; throws AWS's wording for anything else. */
export function parseS3Uri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri);
  if (!match?.[1]) throw errors.invalid(`Invalid S3 URI: ${uri}. It must begin with s3:// and name a bucket.`);
  return { bucket: match[1], key: match[2] ?? "" };
}
