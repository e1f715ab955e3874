import { ServiceError } from "../../../base/errors.ts";
import { NoCapacity } from "../../../machines/types.ts";
import { ArchiveError } from "../../../runtimes/archive.ts";
import { ServerFailed } from "../../../runtimes/serving/index.ts";

/** FailureReason's longest: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
const MAX_REASON = 1024;

/** What an instance was to serve, for the words of its failure. */
export interface FailedInstance {
  readonly variant: string;
  readonly modelData: string | undefined;
}

/** The model's archive could not be brought from S3 in time. */
export class DownloadFailed extends Error {
  override readonly name = "DownloadFailed";
}

/** Why an instance did not come up, in AWS's words with the cause behind them; undefined when the fault is ours. */
export function startFailure(error: unknown, { variant, modelData = "" }: FailedInstance): string | undefined {
  const text = wording(error, variant, modelData);
  return text?.slice(0, MAX_REASON);
}

function wording(error: unknown, variant: string, modelData: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof NoCapacity) {
    return `Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time. (${error.message})`;
  }
  if (error instanceof ArchiveError) {
    return `Failed to extract model data archive from URL "${modelData}". Please ensure that the object located at the URL is a valid tar.gz archive. (${error.message})`;
  }
  if (error instanceof DownloadFailed) {
    return `Failed to download model data from URL "${modelData}". Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the model. (${error.message})`;
  }
  // A container does not know which variant it serves; AWS's sentence names it.
  if (error instanceof ServerFailed) return error.message.replace("The primary container did not", `The primary container for production variant ${variant} did not`);
  return error instanceof ServiceError ? error.message : undefined;
}
