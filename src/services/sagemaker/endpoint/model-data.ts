import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SECOND } from "../../../base/instant.ts";
import { unpackArchive } from "../../../runtimes/archive.ts";
import type { Clock } from "../../../shared/clock.ts";
import { downloadObject, type Transfer } from "../transfer.ts";
import { parseS3Uri } from "../validate.ts";
import { DownloadFailed } from "./failure.ts";

export interface ModelPlace {
  /** `/opt/ml`, the container's. */
  readonly ml: string;
  /** Around it, the server's own. */
  readonly machine: string;
}

/** Brings a model's archive and unpacks it to `/opt/ml/model`; without one the folder is empty. Throws DownloadFailed or ArchiveError. */
export async function bringModel(transfer: Transfer, uri: string | undefined, { ml, machine }: ModelPlace): Promise<void> {
  const model = join(ml, "model");
  await mkdir(model, { recursive: true });
  if (uri === undefined) return;
  const archive = join(machine, "model.tar.gz");
  try {
    const { bucket, key } = parseS3Uri(uri);
    await downloadObject(transfer, { bucket, key }, archive);
  } catch (error) {
    throw new DownloadFailed((error as Error).message, { cause: error });
  }
  await unpackArchive(archive, model);
  await rm(archive);
}

/** Brings the code that SAGEMAKER_SUBMIT_DIRECTORY names in S3 to `/opt/ml/code`, as the containers do themselves on AWS. Throws as `bringModel` does. */
export async function bringCode(transfer: Transfer, uri: string | undefined, { ml, machine }: ModelPlace): Promise<void> {
  if (uri?.startsWith("s3://") !== true) return;
  const archive = join(machine, "sourcedir.tar.gz");
  const code = join(ml, "code");
  await mkdir(code, { recursive: true });
  try {
    const { bucket, key } = parseS3Uri(uri);
    await downloadObject(transfer, { bucket, key }, archive);
  } catch (error) {
    throw new DownloadFailed((error as Error).message, { cause: error });
  }
  await unpackArchive(archive, code);
  await rm(archive);
}

/** A signal that ends with another one, or when the time is over; `done` gives the timer back. */
export function withDeadline(clock: Clock, signal: AbortSignal, seconds: number | undefined): { readonly signal: AbortSignal; done(): void } {
  if (seconds === undefined) return { signal, done: () => undefined };
  const over = new AbortController();
  const timer = clock.after(seconds * SECOND, () => over.abort(new Error(`not finished within ModelDataDownloadTimeoutInSeconds (${seconds})`)));
  return { signal: AbortSignal.any([signal, over.signal]), done: () => timer.cancel() };
}
