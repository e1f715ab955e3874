import type { Instant } from "../base/instant.ts";
import { rootPrincipal, type CredentialSource, type Credentials, type Principal } from "../wire/principal.ts";

/** The keys that act as the account itself: `test`/`test` on loopback, generated ones elsewhere. */
export interface RootKeys {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Long-lived keys of users, as IAM gives them out. Keys that are not active are not found. */
export interface UserKeys {
  /** Changes whenever an answer below may have changed. */
  revision(): number;
  findActiveKey(accessKeyId: string): { readonly secretAccessKey: string; readonly user: UserPrincipal } | undefined;
  /** The user as it is now; undefined when it is gone. */
  findUser(arn: string): Omit<UserPrincipal, "accessKeyId"> | undefined;
}

type UserPrincipal = Extract<Principal, { kind: "user" }>;

/** Temporary credentials, as STS stores them. */
export interface Sessions {
  get(accessKeyId: string): {
    readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string;
    readonly expires: Instant; readonly principal: Principal;
  } | undefined;
}

/** Credentials kept in memory; the next request with the same key then costs no look-up in the store. */
const KEPT = 10_000;

/** Everybody who can sign: root, users with access keys, sessions. */
export function createCredentialSource(
  { root, users, sessions }: { readonly root: readonly RootKeys[]; readonly users: UserKeys; readonly sessions: Sessions },
): CredentialSource {
  const roots = new Map<string, Credentials>(root.map(({ account, accessKeyId, secretAccessKey }) =>
    [accessKeyId, { accessKeyId, secretAccessKey, principal: rootPrincipal(account) }]));
  const kept = new Map<string, Credentials>();
  let revision = -1;
  const look = (accessKeyId: string): Credentials | undefined => {
    if (accessKeyId.startsWith("ASIA")) return findSession(accessKeyId, sessions, users);
    const key = users.findActiveKey(accessKeyId);
    return key === undefined ? undefined : { accessKeyId, secretAccessKey: key.secretAccessKey, principal: key.user };
  };
  return {
    find(accessKeyId) {
      const asRoot = roots.get(accessKeyId);
      if (asRoot !== undefined) return asRoot;
      // Keys and users may have changed; a session itself never does.
      if (users.revision() !== revision || kept.size >= KEPT) {
        kept.clear();
        revision = users.revision();
      }
      const known = kept.get(accessKeyId);
      if (known !== undefined) return known;
      const found = look(accessKeyId);
      if (found !== undefined) kept.set(accessKeyId, found);
      return found;
    },
  };
}

function findSession(accessKeyId: string, sessions: Sessions, users: UserKeys): Credentials | undefined {
  const session = sessions.get(accessKeyId);
  if (session === undefined) return undefined;
  const { secretAccessKey, sessionToken, expires, principal } = session;
  if (principal.kind !== "user") return { accessKeyId, secretAccessKey, sessionToken, expires, principal };
  // A user's session ends with the user, and its tags are the user's of now.
  const user = users.findUser(principal.arn);
  if (user === undefined || user.userId !== principal.userId) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, expires, principal: { ...user, accessKeyId } };
}
