import type { Readable } from "node:stream";

/** A request as the codecs read it: the path and query still encoded, header names in lower case. */
export interface WireRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Buffered for every operation but those whose input streams. */
  readonly body: Uint8Array | Readable;
}

export type WireBody = string | Uint8Array | Readable | AsyncIterable<Uint8Array> | undefined;

/** A response before the request id and the connection's own headers are added. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: WireBody;
}
