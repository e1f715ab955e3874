import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { packSource } from "../sdk/source-archive.ts";
import type { Clients } from "../sdk/clients.ts";
import { shortHash } from "./names.ts";
import { ProjectError, type Project } from "./schema.ts";

/** A training script with its folder, packed. The same files give the same archive, and so the same key. */
export interface Source {
  readonly key: string;
  readonly archive: Uint8Array;
}

/** Packs the project's own script; undefined for a built-in algorithm. Throws ProjectError when the script is not there. */
export async function readSource({ training: { script } }: Project, folder: string): Promise<Source | undefined> {
  if (script === undefined) return undefined;
  const sourceFolder = resolve(folder, script.folder);
  if (!existsSync(join(sourceFolder, script.entry))) throw new ProjectError(`training.script.entry: ${script.entry} is not in ${sourceFolder}`);
  const archive = await packSource(sourceFolder);
  return { archive, key: `training/source/${shortHash(createHash("sha256").update(archive).digest("hex"))}/sourcedir.tar.gz` };
}

/** Puts the archive into the bucket. */
export async function uploadSource(clients: Clients, bucket: string, { key, archive }: Source): Promise<void> {
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  await (await clients.s3()).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: archive }));
}
