import type { AccessRequest } from "../../wire/access.ts";
import { keyOf, type Identities, type IamContext, type Noun } from "./context.ts";
import { errors } from "./errors.ts";

export const iamArn = (account: string, resource: string): string => `arn:aws:iam::${account}:${resource}`;

export function findIdentity<N extends Noun>({ identities, account }: IamContext, noun: N, name: string): Identities[N] | undefined {
  return identities[noun].get(keyOf(account, name));
}

/** Throws NoSuchEntity. */
export function requireIdentity<N extends Noun>(context: IamContext, noun: N, name: string | undefined): Identities[N] {
  const found = findIdentity(context, noun, name ?? "");
  if (found === undefined) throw errors.noSuchIdentity(noun, name ?? "");
  return found;
}

/** Reads, changes and stores in one step. Throws NoSuchEntity. */
export function updateIdentity<N extends Noun>(
  context: IamContext,
  { noun, name }: { readonly noun: N; readonly name: string | undefined },
  change: (record: Identities[N]) => Identities[N],
): Identities[N] {
  const changed = context.identities[noun].update(keyOf(context.account, name ?? ""), change);
  if (changed === undefined) throw errors.noSuchIdentity(noun, name ?? "");
  return changed;
}

/** Asks IAM about an identity that may or may not exist: its ARN holds its path, which only the record knows. */
export function askAbout(
  context: IamContext,
  action: string,
  { noun, name, conditions = {} }: { readonly noun: Noun; readonly name: string | undefined; readonly conditions?: AccessRequest["conditions"] },
): readonly AccessRequest[] {
  const found: { readonly arn: string; readonly tags?: Readonly<Record<string, string>>; readonly boundary?: string } | undefined =
    findIdentity(context, noun, name ?? "");
  return [{
    action: `iam:${action}`,
    resource: found?.arn ?? iamArn(context.account, `${noun}/${name ?? ""}`),
    resourceTags: found?.tags ?? {},
    conditions: { ...(found?.boundary === undefined ? {} : { "iam:PermissionsBoundary": found.boundary }), ...conditions },
  }];
}

/** Asks about a resource by its ARN alone. */
export const askArn = (action: string, resource: string, conditions: AccessRequest["conditions"] = {}): readonly AccessRequest[] =>
  [{ action: `iam:${action}`, resource, conditions }];
