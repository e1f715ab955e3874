import type { Instant } from "../../base/instant.ts";
import type { Credentials, CredentialSource } from "../principal.ts";
import { sameSecret } from "./keys.ts";
import { refusals } from "./refusals.ts";
import type { Dialect } from "./types.ts";

export function requireCredentials(dialect: Dialect, accessKeyId: string, source: CredentialSource): Credentials {
  const credentials = source.find(accessKeyId);
  if (!credentials) throw refusals[dialect].unknownKey(accessKeyId);
  return credentials;
}

/** A session's token must come with its key and no other; a user's key comes without one. */
export function checkToken(
  dialect: Dialect,
  { credentials, token }: { readonly credentials: Credentials; readonly token: string | undefined },
  now: Instant,
): void {
  const words = refusals[dialect];
  if (credentials.sessionToken === undefined) {
    if (token !== undefined && token !== "") throw words.badToken(token);
    return;
  }
  // S3 knows a session's key only together with its token.
  if (token === undefined || token === "") throw words.unknownKey(credentials.accessKeyId);
  if (!sameSecret(token, credentials.sessionToken)) throw words.badToken(token);
  if (credentials.expires !== undefined && credentials.expires <= now) throw words.expiredToken(token);
}
