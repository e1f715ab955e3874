import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { wireErrors } from "./errors.ts";
import type { OperationModel } from "./model.ts";
import type { Authenticated } from "./signature/index.ts";

/** A body as a codec reads it, with the headers that still describe it. */
export interface OpenedBody {
  readonly content: Uint8Array | Readable;
  readonly headers: Readonly<Record<string, string>>;
  /** Says `100 Continue` to a client that waits for it; does nothing when the body is there already. */
  readonly ask: () => void;
}

/** Says `100 Continue` when the client asked to hear it before it sends. */
function askForBody(message: IncomingMessage, response: ServerResponse): () => void {
  let asked = message.headers.expect?.toLowerCase() !== "100-continue";
  return () => {
    if (!asked) response.writeContinue();
    asked = true;
  };
}

/** Reads a whole body. Throws RequestEntityTooLarge over the limit, without reading on. */
export async function readBody(message: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<Uint8Array> {
  if (Number(message.headers["content-length"] ?? 0) > maxBytes) throw wireErrors.bodyTooLarge(maxBytes);
  askForBody(message, response)();
  return collect(message, maxBytes);
}

async function collect(stream: Readable, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > maxBytes) throw wireErrors.bodyTooLarge(maxBytes);
    pieces.push(piece);
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}

export interface BodyRequest {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** The body when it was read before authentication (services that sign its hash). */
  readonly whole: Uint8Array | undefined;
  readonly model: OperationModel;
  readonly caller: Authenticated;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
}

/** The body that an operation reads: streamed when its input streams, in memory otherwise. */
export async function openBody({ message, response, whole, model, headers, maxBytes }: BodyRequest): Promise<OpenedBody> {
  const ask = askForBody(message, response);
  if (whole) return { content: whole, headers, ask };
  if (inputStreams(model)) return { content: message, headers, ask };
  ask();
  return { content: await collect(message, maxBytes), headers, ask };
}

function inputStreams(model: OperationModel): boolean {
  if (!model.input.isStructSchema()) return false;
  for (const [, member] of model.input.structIterator()) if (member.getMergedTraits()["httpPayload"] && member.isStreaming()) return true;
  return false;
}
