import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Clients } from "../sdk/clients.ts";
import { listFile, SPLITS, type DataSet, type Split } from "./images.ts";
import { shortHash } from "./names.ts";
import type { StepReport } from "./progress.ts";

/** Uploads that run side by side. */
const PARALLEL = 8;

/** Where a data set lies in the bucket: below its fingerprint, so that a changed one never mixes with an old one. */
export const dataPrefix = (data: DataSet): string => `data/${shortHash(data.fingerprint)}`;

export const splitPrefix = (data: DataSet, split: Split): string => `${dataPrefix(data)}/${split}/`;
export const listPrefix = (data: DataSet, split: Split): string => `${dataPrefix(data)}/${split}_lst/`;

/** Copies a data set and its lists to the bucket; what is there with the same MD5 is left. Gives how many were sent. */
export async function uploadDataSet(clients: Clients, { bucket, data, report }: { readonly bucket: string; readonly data: DataSet; readonly report: StepReport }): Promise<number> {
  const { PutObjectCommand, paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const client = await clients.s3();
  const there = new Map<string, string>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${dataPrefix(data)}/` })) {
    for (const { Key = "", ETag = "" } of Contents) there.set(Key, ETag.replaceAll('"', ""));
  }
  const missing = data.pictures.map((picture) => ({ ...picture, key: splitPrefix(data, picture.split) + picture.path })).filter(({ key, md5 }) => there.get(key) !== md5);
  let done = 0;
  const queue = missing.values();
  const worker = async (): Promise<void> => {
    for (const { file, key } of queue) {
      const { size } = await stat(file);
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: createReadStream(file), ContentLength: size, ContentType: file.toLowerCase().endsWith(".png") ? "image/png" : "image/jpeg" }));
      done += 1;
      report.fraction(done / missing.length);
      report.detail(`${done} of ${missing.length} pictures`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, missing.length) }, worker));
  // The lists come last: while one is missing, the data set is not complete.
  for (const split of SPLITS) {
    const key = `${listPrefix(data, split)}${split}.lst`;
    if (there.has(key) && missing.length === 0) continue;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: listFile(data, split), ContentType: "text/plain" }));
  }
  return missing.length;
}
