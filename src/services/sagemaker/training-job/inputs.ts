import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { splitHyperparameters } from "../../../runtimes/training/hyperparameters.ts";
import { downloadObject, downloadObjects, type Transfer } from "../transfer.ts";
import { parseS3Uri } from "../validate.ts";
import { bringCheckpoints } from "./checkpoints.ts";
import { ClientFault } from "./faults.ts";
import { selectInput, type Share } from "./select-input.ts";
import type { TrainingJobRecord } from "./training-job.ts";

/** The two folders that a job's server side works in. */
export interface JobFolders {
  /** `/opt/ml`, the program's. */
  readonly ml: string;
  /** Around it, the server's own: the machine cannot write here. */
  readonly machine: string;
}

const PLACES = ["input/config", "input/data", "model", "output/data", "code"];

/** Brings a job's channels and its source archive, as the job's role. Gives the archive's place when there is one. */
export async function fetchInputs(transfer: Transfer, job: TrainingJobRecord, { folders, share }: { readonly folders: JobFolders; readonly share: Share }): Promise<string | undefined> {
  for (const place of PLACES) await mkdir(join(folders.ml, place), { recursive: true });
  try {
    for (const channel of job.request.InputDataConfig ?? []) {
      await downloadObjects(transfer, await selectInput(transfer, channel, share), join(folders.ml, "input/data", channel.ChannelName ?? ""));
    }
    await bringCheckpoints(transfer, job.request.CheckpointConfig, folders);
    return await fetchSource(transfer, job, folders);
  } catch (error) {
    transfer.signal.throwIfAborted();
    throw new ClientFault(`ClientError: Data download failed:Failed to download data. ${(error as Error).message}`, { cause: error });
  }
}

async function fetchSource(transfer: Transfer, job: TrainingJobRecord, { machine }: JobFolders): Promise<string | undefined> {
  const { submitDirectory } = splitHyperparameters(job.request.HyperParameters ?? {});
  if (!submitDirectory?.startsWith("s3://")) return undefined;
  const archive = join(machine, "sourcedir.tar.gz");
  const { bucket, key } = parseS3Uri(submitDirectory);
  await downloadObject(transfer, { bucket, key }, archive);
  return archive;
}
