import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { requirePlainFolder, uploadArchive, type Transfer } from "../transfer.ts";
import { parseS3Uri } from "../validate.ts";
import { ClientFault } from "./faults.ts";
import type { JobFolders } from "./inputs.ts";
import type { TrainingJobRecord } from "./training-job.ts";

/** Puts what a job left in `/opt/ml/model` and `/opt/ml/output/data` to S3, as the job's role. Gives the artifact's URI. */
export async function uploadOutputs(transfer: Transfer, job: TrainingJobRecord, { ml, machine }: JobFolders): Promise<string> {
  const { bucket, key } = parseS3Uri(job.request.OutputDataConfig?.S3OutputPath ?? "");
  const prefix = `${key.replace(/\/+$/, "")}${key === "" ? "" : "/"}${job.name}/output`;
  try {
    await uploadArchive(transfer, { bucket, key: `${prefix}/model.tar.gz` }, { folder: join(ml, "model"), archive: join(machine, "model.tar.gz") });
    const data = join(ml, "output/data");
    await requirePlainFolder(data);
    if ((await readdir(data)).length > 0) await uploadArchive(transfer, { bucket, key: `${prefix}/output.tar.gz` }, { folder: data, archive: join(machine, "output.tar.gz") });
  } catch (error) {
    transfer.signal.throwIfAborted();
    throw new ClientFault(`ClientError: Artifact upload failed:${(error as Error).message}`, { cause: error });
  }
  return `s3://${bucket}/${prefix}/model.tar.gz`;
}
