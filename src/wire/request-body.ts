import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { ServiceError } from "../base/errors.ts";
import { decodeContent, decodedHeaders, openBody as openSigned, readBody as read } from "./body/index.ts";
import { serializationError } from "./codecs/shared.ts";
import { wireErrors } from "./errors.ts";
import type { OperationModel } from "./model.ts";
import { anonymousPayload, EMPTY_SHA256, type Authenticated, type SignedPayload } from "./signature/index.ts";

/** A body as a codec reads it, with the headers that still describe it. */
export interface OpenedBody {
  readonly content: Uint8Array | Readable;
  readonly headers: Readonly<Record<string, string>>;
  /** Says `100 Continue` to a client that waits for it; does nothing when the body is there already. */
  readonly ask: () => void;
}

/** What a body is read from. The headers are our own: Node makes its `message.headers` anew for each request that asks. */
export interface BodySource {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
}

/** Says `100 Continue` when the client asked to hear it before it sends. */
function askForBody({ headers, response }: BodySource): () => void {
  let asked = headers["expect"]?.toLowerCase() !== "100-continue";
  return () => {
    if (!asked) response.writeContinue();
    asked = true;
  };
}

/** Reads a whole body. Throws RequestEntityTooLarge over the limit, without reading on. */
export function readBody(source: BodySource, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): ServiceError => wireErrors.bodyTooLarge(maxBytes);
  if (Number(source.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  askForBody(source)();
  return read(source.message, { limitBytes: maxBytes, tooLarge });
}

export interface BodyRequest extends BodySource {
  /** The body when it was read before authentication (services that sign its hash). */
  readonly whole: Buffer | undefined;
  readonly model: OperationModel;
  readonly caller: Authenticated;
  readonly maxBytes: number;
}

/** The body that an operation reads: streamed when its input streams, in memory otherwise. */
export async function openBody({ message, response, whole, model, caller, headers, maxBytes }: BodyRequest): Promise<OpenedBody> {
  const limit = { limitBytes: maxBytes, tooLarge: () => wireErrors.bodyTooLarge(maxBytes) };
  const ask = askForBody({ message, response, headers });
  if (whole) {
    return { content: await decodeContent(whole, headers, { ...limit, malformed: () => serializationError("The request body is not valid gzip.") }), headers, ask };
  }
  const payload = caller.kind === "signed" ? caller.payload : anonymousPayload(headers);
  if (isBare(headers, payload) && !inputStreams(model)) return { content: NO_BYTES, headers, ask };
  const body = openSigned(message, { headers, payload, operation: model.name });
  if (inputStreams(model)) return { content: body, headers: decodedHeaders(headers), ask };
  ask();
  return { content: await read(body, limit), headers: decodedHeaders(headers), ask };
}

const NO_BYTES = Buffer.alloc(0);
const PROMISES = /^(?:content-md5|content-encoding|transfer-encoding|expect|x-amz-trailer|x-amz-decoded-content-length|x-amz-sdk-checksum-algorithm|x-amz-checksum-(?!mode$).*)$/;

/** Neither a body nor a promise about one, as most requests that read: nothing is to be opened or held to anything. */
function isBare(headers: BodySource["headers"], payload: SignedPayload): boolean {
  const length = headers["content-length"];
  if (!(length === undefined || length === "0") || !(payload.kind === "unsigned" || (payload.kind === "hash" && payload.sha256 === EMPTY_SHA256))) return false;
  for (const name in headers) if (PROMISES.test(name)) return false;
  return true;
}

const streaming = new WeakMap<OperationModel, boolean>();

function inputStreams(model: OperationModel): boolean {
  const known = streaming.get(model);
  if (known !== undefined) return known;
  const found = findStream(model);
  streaming.set(model, found);
  return found;
}

function findStream(model: OperationModel): boolean {
  if (!model.input.isStructSchema()) return false;
  for (const [, member] of model.input.structIterator()) if (member.getMergedTraits()["httpPayload"] && member.isStreaming()) return true;
  return false;
}
