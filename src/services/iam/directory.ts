import type { UserRecord } from "./records.ts";
import { keyOf, type IamState } from "./context.ts";
import { defaultDocument, findPolicy } from "./policies/policy.ts";
import { currentTrustPolicy } from "./roles/trust.ts";

/** A policy with the name that people know it by: an ARN, or the inline policy's own. */
export interface NamedDocument {
  readonly name: string;
  readonly document: string;
}

export interface IdentityPolicies {
  readonly policies: readonly NamedDocument[];
  readonly boundary: NamedDocument | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the rest of the cloud asks of IAM: STS about roles, signatures about keys, the authorizer about policies. */
export interface IamDirectory {
  /** Changes whenever anything below may answer differently. */
  revision(): number;
  findRole(arn: string): {
    readonly account: string; readonly arn: string; readonly roleId: string; readonly roleName: string; readonly trustPolicy: string;
    readonly maxSessionDuration: number; readonly tags: Readonly<Record<string, string>>;
  } | undefined;
  managedPolicy(arn: string, account: string): string | undefined;
  findActiveKey(accessKeyId: string): { readonly secretAccessKey: string; readonly user: FoundUser & { readonly accessKeyId: string } } | undefined;
  findUser(arn: string): FoundUser | undefined;
  /** Undefined when nobody has this ARN with this unique id (any more). */
  policiesOfUser(arn: string, userId: string): IdentityPolicies | undefined;
  policiesOfRole(arn: string, roleId: string): IdentityPolicies | undefined;
}

interface FoundUser {
  readonly kind: "user"; readonly account: string; readonly arn: string; readonly userName: string; readonly userId: string;
  readonly tags: Readonly<Record<string, string>>;
}

const ARN = /^arn:aws:iam::(\d{12}):(?:user|role)\/(?:.*\/)?([^/]+)$/;
const keyOfArn = (arn: string): string => {
  const [, account = "", name = ""] = ARN.exec(arn) ?? [];
  return keyOf(account, name);
};

export function createDirectory(state: IamState): IamDirectory {
  const { identities, accessKeys, revision } = state;
  const roleAt = (arn: string) => {
    const role = identities.role.get(keyOfArn(arn));
    return role?.arn === arn ? role : undefined;
  };
  const userAt = (arn: string) => {
    const user = identities.user.get(keyOfArn(arn));
    return user?.arn === arn ? user : undefined;
  };
  const managed = (arn: string): NamedDocument | undefined => {
    const policy = findPolicy(state, arn);
    return policy && { name: arn, document: defaultDocument(policy) };
  };
  const collect = (records: readonly { readonly inlinePolicies: Readonly<Record<string, string>>; readonly attachedPolicies: readonly string[] }[]): readonly NamedDocument[] =>
    records.flatMap(({ inlinePolicies, attachedPolicies }) => [
      ...Object.entries(inlinePolicies).map(([name, document]) => ({ name, document })),
      ...attachedPolicies.map(managed).filter((policy) => policy !== undefined),
    ]);
  // A boundary that has gone allows nothing, as in AWS.
  const boundaryOf = (arn: string | undefined): NamedDocument | undefined =>
    arn === undefined ? undefined : (managed(arn) ?? { name: arn, document: "" });
  return {
    revision: () => revision.current,
    findRole(arn) {
      const role = roleAt(arn);
      return role && {
        account: accountOf(arn), arn: role.arn, roleId: role.id, roleName: role.name, trustPolicy: currentTrustPolicy(state, role),
        maxSessionDuration: role.maxSessionDuration, tags: role.tags,
      };
    },
    managedPolicy: (arn, account) => {
      const own = arn.startsWith("arn:aws:iam::aws:") || accountOf(arn) === account;
      return own ? managed(arn)?.document : undefined;
    },
    findActiveKey(accessKeyId) {
      const key = accessKeys.get(accessKeyId);
      const user = key?.active === true ? identities.user.get(keyOf(key.account, key.userName)) : undefined;
      return key && user && { secretAccessKey: key.secret, user: { ...foundUser(user), accessKeyId } };
    },
    findUser: (arn) => {
      const user = userAt(arn);
      return user && foundUser(user);
    },
    policiesOfUser(arn, userId) {
      const user = userAt(arn);
      if (user?.id !== userId) return undefined;
      const account = accountOf(arn);
      const groups = user.groups.map((name) => identities.group.get(keyOf(account, name))).filter((group) => group !== undefined);
      return { policies: collect([user, ...groups]), boundary: boundaryOf(user.boundary), tags: user.tags };
    },
    policiesOfRole(arn, roleId) {
      const role = roleAt(arn);
      return role?.id === roleId ? { policies: collect([role]), boundary: boundaryOf(role.boundary), tags: role.tags } : undefined;
    },
  };
}

const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

const foundUser = (user: UserRecord): FoundUser =>
  ({ kind: "user", account: accountOf(user.arn), arn: user.arn, userName: user.name, userId: user.id, tags: user.tags });
