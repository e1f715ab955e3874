import { Readable } from "node:stream";

/** A value in a form that can be compared: dates and bytes as text, absent and empty members left out, streams read. */
export async function comparable(value: unknown): Promise<unknown> {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("base64")}`;
  if (value instanceof String) return value.toString();
  if (value instanceof Readable) {
    const pieces: Uint8Array[] = [];
    for await (const piece of value as AsyncIterable<Uint8Array>) pieces.push(piece);
    return comparable(Buffer.concat(pieces));
  }
  if (Array.isArray(value)) return Promise.all(value.map(comparable));
  if (typeof value === "object") {
    if ("transformToByteArray" in value) return comparable(await (value.transformToByteArray as () => Promise<Uint8Array>)());
    const entries = await Promise.all(Object.entries(value).map(async ([name, each]) => [name, await comparable(each)] as const));
    const present = entries.filter(([, each]) => each !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    // No headers of a prefix, or no elements, read as an empty map.
    return present.length > 0 ? Object.fromEntries(present) : undefined;
  }
  return value;
}

/** Where two comparable values differ first; undefined when they do not. */
export function difference(sent: unknown, got: unknown, path = ""): string | undefined {
  if (typeof sent !== "object" || typeof got !== "object" || sent === null || got === null) {
    return Object.is(sent, got) ? undefined : `${path}: sent ${JSON.stringify(sent)}, got ${JSON.stringify(got)}`;
  }
  const names = new Set([...Object.keys(sent), ...Object.keys(got)]);
  for (const name of names) {
    const found = difference((sent as Record<string, unknown>)[name], (got as Record<string, unknown>)[name], `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
