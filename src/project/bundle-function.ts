import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { build } from "esbuild";
import { ZipFile } from "yazl";
import type { Clients } from "../sdk/clients.ts";
import { shortHash } from "./names.ts";
import { ProjectError, type Project } from "./schema.ts";

/** A function's archive, ready to upload. The same sources give the same bytes. */
export interface FunctionArchive {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** Bundles the handler. Throws ProjectError when that cannot be done. */
export async function bundleHandler(project: Project, folder: string): Promise<Uint8Array> {
  const entry = resolve(folder, project.function.handler);
  const result = await build({
    entryPoints: [entry], bundle: true, write: false, platform: "node", format: "esm", target: "node24", minify: false,
    // AWS's Node runtimes carry the SDK, and so do ours.
    external: ["@aws-sdk/*"], logLevel: "silent",
  }).catch((error: unknown) => {
    throw new ProjectError(`function.handler: ${(error as Error).message}`, { cause: error });
  });
  return result.outputFiles[0]?.contents ?? new Uint8Array();
}

/** Puts the class names beside the handler, so that the function can name what the model only numbers. */
export async function archiveFunction(handler: Uint8Array, labels: readonly string[]): Promise<FunctionArchive> {
  const bytes = await zipOf({ "index.mjs": handler, "labels.json": Buffer.from(JSON.stringify(labels)) });
  return { bytes, key: `functions/${shortHash(createHash("sha256").update(bytes).digest("hex"))}.zip` };
}

/** Puts the archive into the bucket unless it is there. */
export async function uploadFunction(clients: Clients, bucket: string, { key, bytes }: FunctionArchive): Promise<void> {
  const { HeadObjectCommand, PutObjectCommand } = await import("@aws-sdk/client-s3");
  const client = await clients.s3();
  const there = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(() => true, (error: Error) => {
    if (error.name === "NotFound" || error.name === "NoSuchKey") return false;
    throw error;
  });
  if (!there) await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: "application/zip" }));
}

/** The first date that a zip can hold: the same files give the same archive. */
const ZIP_DATE = new Date(1980, 0, 1);
const MODE = 0o100644;

async function zipOf(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name, { mtime: ZIP_DATE, mode: MODE, forceDosTimestamp: true });
  archive.end();
  return buffer(archive.outputStream);
}
