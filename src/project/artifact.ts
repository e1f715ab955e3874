import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as tar from "tar";
import type { Clients } from "../sdk/clients.ts";
import { unlessMissing } from "./plan/resource-kind.ts";

/** An artifact brought to this machine. */
export interface FetchedArtifact {
  /** Unpacked: what `/opt/ml/model` will be. */
  readonly folder: string;
  /** SHA-256 of the archive. */
  readonly hash: string;
  readonly files: readonly string[];
  /** Class names in the order of the probabilities. */
  readonly labels: readonly string[];
}

const placeOf = (uri: string): { readonly Bucket: string; readonly Key: string } => {
  const [, Bucket = "", Key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return { Bucket, Key };
};

/** Whether an artifact is still where its training job put it. */
export async function isArtifactThere(clients: Clients, uri: string): Promise<boolean> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  return (await unlessMissing((await clients.s3()).send(new HeadObjectCommand(placeOf(uri))))) !== undefined;
}

/** Downloads and unpacks `s3://…/model.tar.gz`. */
export async function fetchArtifact(clients: Clients, uri: string, into: string): Promise<FetchedArtifact> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const { Body } = await (await clients.s3()).send(new GetObjectCommand(placeOf(uri)));
  const folder = join(into, "model");
  const archive = join(into, "model.tar.gz");
  await mkdir(folder, { recursive: true });
  await pipeline(Body as Readable, createWriteStream(archive));
  await tar.extract({ file: archive, cwd: folder, strict: true });
  const hash = createHash("sha256").update(await readFile(archive)).digest("hex");
  const files = await readdir(folder);
  const labels = files.includes("labels.json") ? (JSON.parse(await readFile(join(folder, "labels.json"), "utf8")) as string[]) : [];
  return { folder, hash, files, labels };
}
