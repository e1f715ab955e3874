import { existsSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import * as tar from "tar";
import type { Clients } from "./clients.ts";

/** A script with the folder that goes along with it. */
export interface Script {
  /** File inside `folder`, e.g. `train.py`. */
  readonly entryPoint: string;
  /** Local folder, uploaded whole. */
  readonly folder: string;
}

/** Splits `s3://bucket/some/key`. Throws for anything else. */
export function splitS3Uri(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (bucket === undefined) throw new Error(`${uri} is not an S3 address (s3://bucket/key)`);
  return { bucket, key };
}

/** A folder as tar.gz. `portable` leaves times and users out: the same files give the same archive. */
export const packSource = (folder: string): Promise<Buffer> => buffer(tar.create({ gzip: true, cwd: folder, portable: true }, ["."]) as unknown as AsyncIterable<Buffer>);

/** Packs the folder as the training toolkit expects it and uploads it. Gives its S3 address. Throws when the entry point is not in the folder. */
export async function uploadSource(clients: Clients, script: Script, uri: string): Promise<string> {
  if (!existsSync(join(script.folder, script.entryPoint))) throw new Error(`${script.entryPoint} is not in ${script.folder}`);
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const { bucket, key } = splitS3Uri(uri);
  await (await clients.s3()).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await packSource(script.folder) }));
  return uri;
}
