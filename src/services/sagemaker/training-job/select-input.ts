import type { Channel } from "@aws-sdk/client-sagemaker";
import { seededRandom } from "../../../shared/random.ts";
import { listKeys, readObject, rootOf, type Transfer } from "../transfer.ts";
import { parseS3Uri } from "../validate.ts";

/** An object of a channel, and the path that it has in the channel's folder. */
export interface InputObject {
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
}

/** Which host of how many a selection is for, counted from 0. */
export interface Share {
  readonly host: number;
  readonly hosts: number;
}

/** The objects of a channel: those under the prefix or in the manifest. */
export async function selectInput(transfer: Transfer, { DataSource }: Channel): Promise<readonly InputObject[]> {
  const source = DataSource?.S3DataSource;
  const { bucket, key } = parseS3Uri(source?.S3Uri ?? "");
  return source?.S3DataType === "ManifestFile" ? manifestObjects(await readObject(transfer, { bucket, key }), source.S3Uri ?? "") : await prefixObjects(transfer, { bucket, prefix: key });
}

/** What of a channel one host gets in an epoch: all of it, shuffled where that is asked for, and then every N-th where it is divided. */
export function chosen<T>(all: readonly T[], { DataSource, ShuffleConfig }: Channel, { host, hosts, epoch = 0 }: Share & { readonly epoch?: number }): readonly T[] {
  const ordered = ShuffleConfig === undefined ? all : shuffle(all, Number(ShuffleConfig.Seed ?? 0) + epoch);
  return DataSource?.S3DataSource?.S3DataDistributionType === "ShardedByS3Key" ? ordered.filter((_, index) => index % hosts === host) : ordered;
}

async function prefixObjects(transfer: Transfer, { bucket, prefix }: { readonly bucket: string; readonly prefix: string }): Promise<readonly InputObject[]> {
  const keys = await listKeys(transfer, bucket, prefix);
  const root = rootOf(prefix, keys);
  return keys.filter((key) => !key.endsWith("/") && key.startsWith(root)).map((key) => ({ bucket, key, name: key.slice(root.length) }));
}

/** A manifest: `[{ "prefix": "s3://bucket/some/" }, "a.jpg", …]`. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html */
export function manifestObjects(text: string, uri: string): readonly InputObject[] {
  const wrong = (): Error => new Error(`The manifest ${uri} is not a list that begins with {"prefix": "s3://…"} and goes on with the names of objects.`);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw wrong();
  }
  const [first, ...names] = Array.isArray(entries) ? entries as readonly unknown[] : [];
  const prefix = (first as { readonly prefix?: unknown } | undefined)?.prefix;
  if (typeof prefix !== "string" || names.length === 0 || !names.every((name) => typeof name === "string")) throw wrong();
  const { bucket, key } = parseS3Uri(prefix);
  return (names as readonly string[]).map((name) => ({ bucket, key: key + name, name: name.replace(/^\/+/, "") }));
}

/** An order of chance that the seed decides (Fisher and Yates). AWS does not say how its own comes about. */
function shuffle<T>(items: readonly T[], seed: number): readonly T[] {
  const order = [...items];
  const random = seededRandom(seed);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.fraction() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
