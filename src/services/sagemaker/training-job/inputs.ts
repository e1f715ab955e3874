import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { splitHyperparameters } from "../../../runtimes/training/hyperparameters.ts";
import { downloadObject, downloadObjects, type Transfer } from "../transfer.ts";
import { parseS3Uri } from "../validate.ts";
import { bringCheckpoints } from "./checkpoints.ts";
import { ClientFault } from "./faults.ts";
import { inputModeOf } from "./input-mode.ts";
import { instancesOf, shareOf } from "./instances.ts";
import { openPipeSource, type PipeSource } from "./pipe/stream.ts";
import { chosen, selectInput } from "./select-input.ts";
import type { TrainingJobRecord } from "./training-job.ts";

/** The two folders that a job's server side works in. */
export interface JobFolders {
  /** `/opt/ml`, the program's. */
  readonly ml: string;
  /** Around it, the server's own: the machine cannot write here. */
  readonly machine: string;
}

const PLACES = ["input/config", "input/data", "model", "output/data", "code"];

export interface FetchedInputs {
  /** The source archive's place, when there is one. */
  readonly sourceArchive: string | undefined;
  /** The channels that come through pipes while the program runs. */
  readonly pipes: readonly PipeSource[];
}

/** In Describe's FailureReason; for pipes, whatever the program has read by then. */
export const downloadFailed = (error: Error): string => `ClientError: Data download failed:Failed to download data. ${error.message}`;

/** Brings a job's channels and its source archive, for one of its hosts (counted from 0), as the job's role. */
export async function fetchInputs(transfer: Transfer, job: TrainingJobRecord, { folders, host }: { readonly folders: JobFolders; readonly host: number }): Promise<FetchedInputs> {
  for (const place of PLACES) await mkdir(join(folders.ml, place), { recursive: true });
  try {
    const pipes: PipeSource[] = [];
    for (const channel of job.request.InputDataConfig ?? []) {
      const share = shareOf(channel, instancesOf(job.request.ResourceConfig), host);
      if (share === undefined) continue;
      if (inputModeOf(channel, job.request) === "Pipe") pipes.push(await openPipeSource(transfer, channel, share));
      else await downloadObjects(transfer, chosen(await selectInput(transfer, channel), channel, share), join(folders.ml, "input/data", channel.ChannelName ?? ""));
    }
    await bringCheckpoints(transfer, job.request.CheckpointConfig, folders);
    return { sourceArchive: await fetchSource(transfer, job, folders), pipes };
  } catch (error) {
    transfer.signal.throwIfAborted();
    throw new ClientFault(downloadFailed(error as Error), { cause: error });
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
