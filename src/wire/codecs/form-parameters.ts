import { serializationError } from "./shared.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Dispatch and decoding read the same form. */
const parsed = new WeakMap<Uint8Array, URLSearchParams>();

/** The parameters of a form body, or of the query string when there is no body. Not to be changed. */
export function formParameters(body: Uint8Array, query: string): URLSearchParams {
  if (body.length === 0) return new URLSearchParams(query);
  const known = parsed.get(body);
  if (known) return known;
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw serializationError("The request body is not valid UTF-8.");
  }
  const parameters = new URLSearchParams(text);
  parsed.set(body, parameters);
  return parameters;
}
