import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import * as tar from "tar";
import type { Principal } from "../../wire/principal.ts";
import type { ServiceCaller } from "../../wire/service.ts";

/** Moves data between S3 and a machine's folder, as a role. */
export interface Transfer {
  readonly call: ServiceCaller;
  readonly principal: Principal;
  readonly region: string;
  readonly signal: AbortSignal;
}

/** Transfers that run side by side; more only queue on the same disk. */
const PARALLEL = 8;

/** Copies every object under a prefix into a folder, as a File-mode channel shows it. Gives the number of objects. */
export async function downloadPrefix(transfer: Transfer, { bucket, prefix }: { readonly bucket: string; readonly prefix: string }, folder: string): Promise<number> {
  const keys = await listKeys(transfer, bucket, prefix);
  const root = rootOf(prefix, keys);
  const files = keys.filter((key) => !key.endsWith("/") && key.startsWith(root)).map((key) => ({ bucket, key, name: key.slice(root.length) }));
  await downloadObjects(transfer, files, folder);
  return files.length;
}

/** Copies objects to a folder, each to its name in it; a name that would leave the folder is an error. */
export const downloadObjects = (transfer: Transfer, objects: readonly { readonly bucket: string; readonly key: string; readonly name: string }[], folder: string): Promise<void> =>
  inParallel(objects, async ({ bucket, key, name }) => downloadObject(transfer, { bucket, key }, safeJoin(folder, name)));

/** What of keys under a prefix is left out of their files' paths: the folder that the prefix names, with or without its slash, else the folder around it. */
export function rootOf(prefix: string, keys: readonly string[]): string {
  if (prefix === "" || prefix.endsWith("/")) return prefix;
  return keys.some((key) => key.startsWith(`${prefix}/`)) ? `${prefix}/` : prefix.slice(0, prefix.lastIndexOf("/") + 1);
}

/** A small object as text. */
export async function readObject({ call, principal, region, signal }: Transfer, { bucket, key }: { readonly bucket: string; readonly key: string }): Promise<string> {
  const { Body } = await call("s3", "GetObject", { Bucket: bucket, Key: key }, { principal, region, signal });
  return text(Body as unknown as Readable);
}

/** An object's content as it comes, and its length where S3 tells it. */
export async function openObject({ call, principal, region, signal }: Transfer, { bucket, key }: { readonly bucket: string; readonly key: string }): Promise<{ readonly body: Readable; readonly length: number | undefined }> {
  const { Body, ContentLength } = await call("s3", "GetObject", { Bucket: bucket, Key: key }, { principal, region, signal });
  return { body: Body as unknown as Readable, length: ContentLength };
}

/** Every key under a prefix. */
export async function listKeys({ call, principal, region }: Transfer, bucket: string, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await call("s3", "ListObjectsV2", { Bucket: bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) }, { principal, region });
    keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

/** Copies one object to a file. */
export async function downloadObject({ call, principal, region, signal }: Transfer, { bucket, key }: { readonly bucket: string; readonly key: string }, file: string): Promise<void> {
  const { Body } = await call("s3", "GetObject", { Bucket: bucket, Key: key }, { principal, region, signal });
  await mkdir(dirname(file), { recursive: true });
  await pipeline(Body as unknown as Readable, createWriteStream(file), { signal });
}

/** What to pack: a folder that a machine's program filled, and a place of the server's own for the archive. */
export interface Packing {
  readonly folder: string;
  readonly archive: string;
}

/** Packs a folder's content as tar.gz and puts it to S3. */
export async function uploadArchive({ call, principal, region, signal }: Transfer, { bucket, key }: { readonly bucket: string; readonly key: string }, { folder, archive }: Packing): Promise<void> {
  await requirePlainFolder(folder);
  const entries = (await readdir(folder)).toSorted();
  await tar.create({ gzip: true, file: archive, cwd: folder, portable: true }, entries.length === 0 ? ["."] : entries);
  const { size } = await stat(archive);
  await call("s3", "PutObject", { Bucket: bucket, Key: key, Body: createReadStream(archive), ContentLength: size, ContentType: "application/x-tar" }, { principal, region, signal });
}

/** A program could have put a link in the folder's place; what it names is not the program's to publish. */
export async function requirePlainFolder(folder: string): Promise<void> {
  const parent = await realpath(dirname(dirname(folder)));
  if ((await realpath(folder)) !== join(parent, basename(dirname(folder)), basename(folder))) throw new Error(`${basename(folder)} is not a folder of the job's own`);
}

/** Keys are names that anybody chose: one that would leave the folder is an error, not a file. */
function safeJoin(folder: string, name: string): string {
  const path = join(folder, name);
  const inside = relative(folder, path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`)) throw new Error(`The object key ${JSON.stringify(name)} does not name a file inside the channel.`);
  return path;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
}
