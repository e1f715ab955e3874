import { constants } from "node:fs";
import { mkdir, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointConfig } from "@aws-sdk/client-sagemaker";
import { SECOND } from "../../../base/instant.ts";
import type { Clock } from "../../../shared/clock.ts";
import { downloadPrefix, type Transfer } from "../transfer.ts";
import { parseS3Uri } from "../validate.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CheckpointConfig.html: where checkpoints are when nothing is said. */
const DEFAULT_PATH = "/opt/ml/checkpoints";
const ROOT = "/opt/ml/";
/** How often what has changed is brought to S3 while the job runs. AWS does not say how often it does. */
const SYNC_EVERY = 2 * SECOND;

/** The folder below `/opt/ml`; undefined for one elsewhere, which machines do not have. */
export function checkpointFolder({ LocalPath = DEFAULT_PATH }: CheckpointConfig): string | undefined {
  const folder = LocalPath.replace(/\/+$/, "");
  return folder.startsWith(ROOT) && !folder.split("/").includes("..") ? folder.slice(ROOT.length) : undefined;
}

interface Place {
  readonly ml: string;
}

/** Makes the folder of a job's checkpoints and brings what S3 has of an earlier job, or of this one's earlier life. */
export async function bringCheckpoints(transfer: Transfer, config: CheckpointConfig | undefined, { ml }: Place): Promise<void> {
  const folder = config && checkpointFolder(config);
  if (config === undefined || folder === undefined) return;
  const { bucket, key } = parseS3Uri(config.S3Uri ?? "");
  await mkdir(join(ml, folder), { recursive: true });
  await downloadPrefix(transfer, { bucket, prefix: key === "" || key.endsWith("/") ? key : `${key}/` }, join(ml, folder));
}

export interface Syncing {
  /** Brings what has changed since and ends; rejects when S3 refused it. */
  end(): Promise<void>;
  /** Looks no more. Safe after `end`. */
  cancel(): void;
}

/** Brings checkpoints to S3 as they change, of every host, until it is ended. Resolves when it knows what is there already: before the programs start. */
export async function syncCheckpoints(transfer: Transfer, config: CheckpointConfig | undefined, { clock, places, failed }: { readonly clock: Clock; readonly places: readonly Place[]; readonly failed: (error: unknown) => void }): Promise<Syncing> {
  const folder = config && checkpointFolder(config);
  if (config === undefined || folder === undefined) return { end: () => Promise.resolve(), cancel: () => undefined };
  const { bucket, key } = parseS3Uri(config.S3Uri ?? "");
  const prefix = key === "" ? "" : `${key.replace(/\/+$/, "")}/`;
  const seen = new Map<string, string>();
  const sync = async (): Promise<void> => {
    for (const { ml } of places) {
      for (const name of await filesIn(join(ml, folder))) await upload(join(ml, folder), name);
    }
  };
  const upload = async (root: string, name: string): Promise<void> => {
    const file = await openPlain(root, name);
    if (file === undefined) return;
    try {
      const { size, mtimeMs } = await file.stat();
      const version = `${size} ${mtimeMs}`;
      if (seen.get(join(root, name)) === version) return;
      // Read whole: a file that grows under the upload would not be as long as was said.
      const body = Buffer.alloc(size);
      const { bytesRead } = await file.read(body, 0, size, 0);
      await transfer.call("s3", "PutObject", { Bucket: bucket, Key: prefix + name, Body: body.subarray(0, bytesRead) }, { principal: transfer.principal, region: transfer.region, signal: transfer.signal });
      seen.set(join(root, name), version);
    } finally {
      await file.close();
    }
  };
  await initial(places, folder, seen);
  let current: Promise<void> = Promise.resolve();
  const timer = clock.every(SYNC_EVERY, () => {
    current = current.then(sync).catch(failed);
  });
  return {
    async end() {
      timer.cancel();
      await current;
      await sync();
    },
    cancel: () => timer.cancel(),
  };
}

/** What was brought from S3 need not go back. */
async function initial(places: readonly Place[], folder: string, seen: Map<string, string>): Promise<void> {
  for (const { ml } of places) {
    for (const name of await filesIn(join(ml, folder))) {
      const file = await openPlain(join(ml, folder), name);
      if (file === undefined) continue;
      const { size, mtimeMs } = await file.stat();
      seen.set(join(ml, folder, name), `${size} ${mtimeMs}`);
      await file.close();
    }
  }
}

/** Plain files below a folder, by their paths in it; links are not followed. A folder that is gone has none. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();
}

/** A program may have put a link where a file or a folder was: what is not in the folder is not its to publish. */
async function openPlain(root: string, name: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  const path = join(root, name);
  try {
    const real = await realpath(join(path, ".."));
    const inside = await realpath(root);
    if (real !== inside && !real.startsWith(`${inside}/`)) return undefined;
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    // Renamed or removed between the look and the opening: the next look finds what is there.
    if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
