import { pipeline, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import type { Channel } from "@aws-sdk/client-sagemaker";
import { openObject, readObject, type Transfer } from "../../transfer.ts";
import { parseS3Uri } from "../../validate.ts";
import { chosen, selectInput, type Share } from "../select-input.ts";
import { augmentedLines } from "./augmented-manifest.ts";
import { recordHeader, recordPadding } from "./records.ts";

/** A piece of a channel's stream; with RecordWrapperType it becomes a record. */
export type PipeItem =
  | { readonly kind: "object"; readonly bucket: string; readonly key: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** The stream of a channel for one host, epoch by epoch. */
export interface PipeSource {
  readonly channel: string;
  epoch(number: number): AsyncIterable<Uint8Array>;
}

/** Finds out what a channel in Pipe mode streams: everything that can be wrong with it but the objects themselves is wrong now. */
export async function openPipeSource(transfer: Transfer, channel: Channel, share: Share): Promise<PipeSource> {
  const rows = await rowsOf(transfer, channel);
  return {
    channel: channel.ChannelName ?? "",
    epoch: (number) => stream(transfer, chosen(rows, channel, { ...share, epoch: number }).flat(), { gzip: channel.CompressionType === "Gzip", wrap: channel.RecordWrapperType === "RecordIO" }),
  };
}

/** What is shuffled and divided: objects, or the lines of an augmented manifest with all that one line streams. */
async function rowsOf(transfer: Transfer, channel: Channel): Promise<readonly (readonly PipeItem[])[]> {
  const source = channel.DataSource?.S3DataSource;
  const uri = source?.S3Uri ?? "";
  if (source?.S3DataType === "AugmentedManifestFile") return augmentedLines(await readObject(transfer, parseS3Uri(uri)), { uri, attributes: source.AttributeNames ?? [] });
  return (await selectInput(transfer, channel)).map(({ bucket, key }) => [{ kind: "object", bucket, key }]);
}

interface Form {
  readonly gzip: boolean;
  readonly wrap: boolean;
}

async function* stream(transfer: Transfer, items: readonly PipeItem[], { gzip, wrap }: Form): AsyncGenerator<Uint8Array> {
  for (const item of items) {
    if (item.kind === "bytes") yield* wrap ? [recordHeader(item.bytes.length), item.bytes, recordPadding(item.bytes.length)] : [item.bytes];
    else yield* objectBytes(transfer, item, { gzip, wrap });
  }
}

async function* objectBytes(transfer: Transfer, at: { readonly bucket: string; readonly key: string }, { gzip, wrap }: Form): AsyncGenerator<Uint8Array> {
  const { body, length } = await openObject(transfer, at);
  // With a callback: what fails or is closed early on one side ends the other.
  const content: Readable = gzip ? pipeline(body, createGunzip(), () => undefined) : body;
  if (!wrap) return yield* content as AsyncIterable<Uint8Array>;
  // A record begins with its length: of what is packed only its whole content tells it.
  if (!gzip && length !== undefined) {
    yield recordHeader(length);
    yield* content as AsyncIterable<Uint8Array>;
    return yield recordPadding(length);
  }
  const whole = await buffer(content);
  yield recordHeader(whole.length);
  yield whole;
  yield recordPadding(whole.length);
}
