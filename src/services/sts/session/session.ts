import { DAY, HOUR, plus, SECOND, toDate, type Instant, type Milliseconds } from "../../../base/instant.ts";
import { secretKey, uniqueId } from "../../../shared/ids.ts";
import type { Collection } from "../../../store/index.ts";
import type { Principal } from "../../../wire/principal.ts";
import type { ServiceContext } from "../../../wire/service.ts";
import type { StsState } from "../context.ts";

/** Temporary credentials as they are stored, under their access key id. */
export interface SessionRecord {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly issued: Instant;
  readonly expires: Instant;
  readonly principal: Principal;
}

const ACCESS_KEY_LENGTH = 20;
/** Bytes of chance in a token; AWS promises no size, only that it is opaque (API_Credentials). */
const TOKEN_BYTES = 192;

/** Makes and stores temporary credentials that act as the principal made from their access key id and expiry. */
export function issueSession(
  { clock, random, sessions }: ServiceContext<StsState>,
  durationSeconds: number,
  principalOf: (accessKeyId: string, times: { readonly issued: Instant; readonly expires: Instant }) => Principal,
): SessionRecord {
  const issued = clock.now();
  const expires = plus(issued, durationSeconds * SECOND);
  const accessKeyId = uniqueId(random, "ASIA", ACCESS_KEY_LENGTH);
  const record: SessionRecord = {
    accessKeyId,
    secretAccessKey: secretKey(random),
    sessionToken: Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64"),
    issued,
    expires,
    principal: principalOf(accessKeyId, { issued, expires }),
  };
  sessions.put(accessKeyId, record);
  return record;
}

export const describeCredentials = (record: SessionRecord) => ({
  AccessKeyId: record.accessKeyId,
  SecretAccessKey: record.secretAccessKey,
  SessionToken: record.sessionToken,
  Expiration: toDate(record.expires),
});

export const SWEEP_PERIOD: Milliseconds = HOUR;
/** An expired session is still known for a while, so that its holder is told `ExpiredToken` and not that it never was. */
const REMEMBERED_AFTER_EXPIRY: Milliseconds = DAY;

export function forgetExpired(sessions: Collection<SessionRecord>, now: Instant): void {
  for (const session of sessions.values()) {
    if (plus(session.expires, REMEMBERED_AFTER_EXPIRY) < now) sessions.delete(session.accessKeyId);
  }
}
