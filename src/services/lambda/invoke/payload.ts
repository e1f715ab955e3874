import type { InvocationType } from "@aws-sdk/client-lambda";
import { errors } from "../errors.ts";
import { MAX_PAYLOAD_BYTES } from "../limits.ts";

const EMPTY = Buffer.from("{}");

/** The event of an Invoke: JSON within AWS's limits; `{}` when nothing was sent. */
export function checkPayload(payload: Uint8Array | undefined, type: InvocationType): Uint8Array {
  if (payload === undefined || payload.length === 0) return EMPTY;
  const limit = MAX_PAYLOAD_BYTES[type];
  if (payload.length > limit) throw errors.payloadTooLarge(payload.length, type, limit);
  try {
    JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
  } catch (error) {
    throw errors.payloadNotJson((error as Error).message);
  }
  return payload;
}

/** The JSON text behind the X-Amz-Client-Context header. */
export function readClientContext(header: string | undefined): string | undefined {
  if (header === undefined || header === "") return undefined;
  const text = Buffer.from(header, "base64").toString();
  try {
    // Written again, so that it has no line ends: it travels in a header.
    return JSON.stringify(JSON.parse(text)).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  } catch {
    throw errors.invalid("Client context must be a valid Base64-encoded JSON object.");
  }
}
