import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { bodyErrors } from "./errors.ts";

const gunzipAsync = promisify(gunzip);

interface ReadLimit {
  readonly limitBytes: number;
  /** The service's own error for a body over the limit. */
  readonly tooLarge: () => Error;
}

/** Reads a whole body into memory. Over the limit it stops reading, without closing the connection, and throws. */
export function readBody(incoming: Readable, { limitBytes, tooLarge }: ReadLimit): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const stop = (): void => {
      incoming.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
    };
    const onData = (piece: Buffer): void => {
      length += piece.length;
      if (length > limitBytes) {
        stop();
        incoming.pause();
        return reject(tooLarge());
      }
      pieces.push(piece);
    };
    const onEnd = (): void => {
      stop();
      resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, length));
    };
    const onError = (error: Error): void => {
      stop();
      // S3's body stream speaks for itself; a connection that broke has only this to say.
      reject("status" in error ? error : bodyErrors.terminated());
    };
    const onClose = (): void => onError(bodyErrors.terminated());
    incoming.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
  });
}

/**
 * Undoes `Content-Encoding: gzip` of a request to a service other than S3 (the signature is over the compressed bytes,
 * so this comes after it). The limit holds for what comes out too.
 */
export async function decodeContent(
  body: Buffer, headers: Readonly<Record<string, string>>, { limitBytes, tooLarge, malformed }: ReadLimit & { readonly malformed: () => Error },
): Promise<Buffer> {
  if (headers["content-encoding"]?.trim().toLowerCase() !== "gzip" || body.length === 0) return body;
  try {
    return await gunzipAsync(body, { maxOutputLength: limitBytes });
  } catch (error) {
    throw error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? tooLarge() : malformed();
  }
}

/**
 * Headers of an `aws-chunked` request as the object's own: the encoding that was only for the way is taken off, the
 * length is the content's.
 */
export function decodedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = { ...headers };
  const encodings = (headers["content-encoding"] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "" && name.toLowerCase() !== "aws-chunked");
  if (encodings.length > 0) own["content-encoding"] = encodings.join(",");
  else delete own["content-encoding"];
  const length = headers["x-amz-decoded-content-length"];
  if (length !== undefined) own["content-length"] = length;
  return own;
}
