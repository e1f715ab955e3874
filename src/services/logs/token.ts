import { errors } from "./errors.ts";

/** A place to go on from, as text that a client carries back unread. */
export const encodeToken = (place: object): string => Buffer.from(JSON.stringify(place)).toString("base64url");

/** Throws AWS's refusal when the text is not one of ours. */
export function decodeToken<T extends object>(token: string): T {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (typeof place === "object" && place !== null) return place as T;
  } catch {
    // Not ours: refused below.
  }
  throw errors.badToken();
}
