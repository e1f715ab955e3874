import type { IamContext } from "../context.ts";
import { errors } from "../errors.ts";
import { requireIdentity } from "../identity.ts";
import type { AccessKeyRecord } from "../records.ts";

/** A user's own key. Throws NoSuchEntity, also for a key that is somebody else's. */
export function requireAccessKey(context: IamContext, userName: string, id: string | undefined): AccessKeyRecord {
  const user = requireIdentity(context, "user", userName);
  const key = user.accessKeyIds.includes(id ?? "") ? context.accessKeys.get(id ?? "") : undefined;
  if (key === undefined) throw errors.noSuchAccessKey(id ?? "");
  return key;
}
