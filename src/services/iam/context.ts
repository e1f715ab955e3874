import type { Collection, Store } from "../../store/index.ts";
import { operations, type ServiceContext } from "../../wire/service.ts";
import type { AccessKeyRecord, GroupRecord, InstanceProfileRecord, PolicyRecord, RoleRecord, UserRecord } from "./records.ts";

/** The kinds of identities that policies are attached to. */
export interface Identities {
  readonly user: UserRecord;
  readonly role: RoleRecord;
  readonly group: GroupRecord;
}
export type Noun = keyof Identities;

/** IAM is global: keys are `account/name`, the name in lower case, since names differing in case only are the same. */
export interface IamState {
  readonly identities: { readonly [N in Noun]: Collection<Identities[N]> };
  readonly policies: Collection<PolicyRecord>;
  readonly instanceProfiles: Collection<InstanceProfileRecord>;
  /** By access key id. */
  readonly accessKeys: Collection<AccessKeyRecord>;
  /** All or nothing. */
  readonly transaction: Store["transaction"];
  /** Grows with every write, so that what was worked out from the records knows when it is stale. */
  readonly revision: { current: number };
}
export type IamContext = ServiceContext<IamState>;

export const operation = operations<typeof import("@aws-sdk/client-iam"), IamState>();

export function openState(store: Store): IamState {
  const revision = { current: 0 };
  const open = <T>(table: string): Collection<T> => counted(store.collection<T>(table), revision);
  return {
    identities: { user: open("iam_users"), role: open("iam_roles"), group: open("iam_groups") },
    policies: open("iam_policies"),
    instanceProfiles: open("iam_instance_profiles"),
    accessKeys: open("iam_access_keys"),
    transaction: store.transaction,
    revision,
  };
}

function counted<T>(collection: Collection<T>, revision: { current: number }): Collection<T> {
  const after = <R>(result: R): R => {
    revision.current++;
    return result;
  };
  return {
    ...collection,
    put: (key, value) => after(collection.put(key, value)),
    insert: (key, value) => after(collection.insert(key, value)),
    update: (key, change) => after(collection.update(key, change)),
    delete: (key) => after(collection.delete(key)),
  };
}

export const keyOf = (account: string, name: string): string => `${account}/${name.toLowerCase()}`;
