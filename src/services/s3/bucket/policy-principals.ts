import { errors } from "../errors.ts";
import type { BucketRecord } from "./record.ts";

/** Who users and roles are now. `cloud/` supplies it from IAM. */
export interface PrincipalDirectory {
  /** The unique id behind a user's or role's ARN; undefined when there is none of that name. */
  idOf(arn: string): string | undefined;
  /** Changes whenever an id may have changed. */
  revision(): number;
}

const IDENTITY_ARN = /^arn:aws:iam::(\d{12}):(user|role)\/./;

/** ARNs of users and roles that a valid policy's statements name as principals. */
function identityArns(text: string): readonly string[] {
  const { Statement } = JSON.parse(text) as { Statement: unknown };
  const statements = [Statement].flat() as { Principal?: { AWS?: string | string[] } | string; NotPrincipal?: { AWS?: string | string[] } | string }[];
  return statements
    .flatMap(({ Principal, NotPrincipal }) => [Principal, NotPrincipal])
    .flatMap((principal) => (typeof principal === "object" ? [principal.AWS ?? []].flat() : []))
    .filter((name) => IDENTITY_ARN.test(name));
}

/**
 * Notes who a policy's principals are at the time it is put: S3 keeps their unique ids. Throws MalformedPolicy when one of the
 * bucket's own account does not exist; those of other accounts cannot be looked up.
 */
export function policyPrincipals(text: string, account: string, principals: PrincipalDirectory): Readonly<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const arn of identityArns(text)) {
    if (IDENTITY_ARN.exec(arn)?.[1] !== account) continue;
    const id = principals.idOf(arn);
    if (id === undefined) throw errors.invalidPrincipal(`"AWS" : "${arn}"`);
    ids[arn] = id;
  }
  return ids;
}

interface Current {
  readonly revision: number;
  readonly kept: string;
  readonly text: string;
}

/**
 * The policy as it holds now: a principal that has gone, or whose name another has, stands there by its old unique id, which
 * nobody has any more. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function createCurrentPolicies(principals: PrincipalDirectory): (bucket: BucketRecord) => string | undefined {
  const known = new Map<string, Current>();
  return ({ name, policy, policyPrincipals: ids = {} }) => {
    if (policy === undefined || Object.keys(ids).length === 0) return policy;
    const revision = principals.revision();
    const present = known.get(name);
    if (present?.revision === revision && present.kept === policy) return present.text;
    const gone = new Map(Object.entries(ids).filter(([arn, id]) => principals.idOf(arn) !== id));
    const rename = (value: unknown): unknown => {
      if (typeof value === "string") return gone.get(value) ?? value;
      return Array.isArray(value) ? value.map(rename) : value;
    };
    const text = gone.size === 0 ? policy : JSON.stringify(JSON.parse(policy, (key, value: unknown) => (key === "AWS" ? rename(value) : value)));
    known.set(name, { revision, kept: policy, text });
    return text;
  };
}
