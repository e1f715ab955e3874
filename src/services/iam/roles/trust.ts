import { invalidPrincipal } from "../../../decide/iam/index.ts";
import { keyOf, type IamState } from "../context.ts";
import { requireDocument } from "../documents.ts";
import { errors } from "../errors.ts";
import { countedCharacters, TRUST_POLICY_CHARACTERS } from "../limits.ts";
import type { RoleRecord } from "../records.ts";

const IDENTITY_ARN = /^arn:aws:iam::(\d{12}):(user|role)\/(?:.*\/)?([^/]+)$/;

interface Trust {
  readonly trustPolicy: string;
  readonly trustedIds: Readonly<Record<string, string>>;
}

/**
 * Checks a trust policy and notes who its principals are now. Throws MalformedPolicyDocument, also when a principal of
 * this account does not exist.
 */
export function requireTrust(state: IamState, account: string, text: string | undefined): Trust {
  const trustPolicy = requireDocument(text, "trust");
  if (countedCharacters(trustPolicy) > TRUST_POLICY_CHARACTERS) throw errors.quotaExceeded("ACLSizePerRole", TRUST_POLICY_CHARACTERS);
  const trustedIds: Record<string, string> = {};
  for (const arn of identityArns(trustPolicy)) {
    const [, owner] = IDENTITY_ARN.exec(arn) ?? [];
    // Another account's identities cannot be looked up.
    if (owner !== account) continue;
    const id = currentId(state, arn);
    if (id === undefined) throw errors.malformedPolicy(invalidPrincipal("AWS", arn));
    trustedIds[arn] = id;
  }
  return { trustPolicy, trustedIds };
}

/** The trust policy as it holds now: an identity that has gone is named by its unique id, which nobody has any more. */
export function currentTrustPolicy(state: IamState, { trustPolicy, trustedIds }: RoleRecord): string {
  const gone = Object.entries(trustedIds).filter(([arn, id]) => currentId(state, arn) !== id);
  if (gone.length === 0) return trustPolicy;
  const ids = new Map(gone);
  const rename = (value: unknown): unknown => {
    if (typeof value === "string") return ids.get(value) ?? value;
    return Array.isArray(value) ? value.map(rename) : value;
  };
  const inPrincipal = (key: string, value: unknown): unknown => (key === "AWS" ? rename(value) : value);
  return JSON.stringify(JSON.parse(trustPolicy, inPrincipal));
}

/** ARNs of users and roles among a valid document's principals. */
function identityArns(document: string): readonly string[] {
  const { Statement } = JSON.parse(document) as { Statement: unknown };
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as { Principal?: { AWS?: string | string[] } | string }[];
  return statements
    .flatMap(({ Principal }) => (typeof Principal === "object" ? [Principal.AWS ?? []].flat() : []))
    .filter((name) => IDENTITY_ARN.test(name));
}

function currentId({ identities }: IamState, arn: string): string | undefined {
  const [, account = "", noun, name = ""] = IDENTITY_ARN.exec(arn) ?? [];
  const record = noun === "user" ? identities.user.get(keyOf(account, name)) : identities.role.get(keyOf(account, name));
  return record?.arn === arn ? record.id : undefined;
}
