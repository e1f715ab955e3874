import { toDate } from "../../../base/instant.ts";
import { secretKey, uniqueId } from "../../../shared/ids.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, updateIdentity } from "../identity.ts";
import { ACCESS_KEY_LENGTH, ACCESS_KEYS_PER_USER } from "../limits.ts";
import { userNameOf } from "../users/user.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html; the secret is told this once. */
export const createAccessKey = operation("CreateAccessKey", {
  authorize: (input, context) => askAbout(context, "CreateAccessKey", { noun: "user", name: userNameOf(input, context) }),
  handle: (input, context) => {
    const { account, accessKeys, clock, random, transaction } = context;
    const id = uniqueId(random, "AKIA", ACCESS_KEY_LENGTH);
    const secret = secretKey(random);
    const created = clock.now();
    const user = transaction(() => {
      const owner = updateIdentity(context, { noun: "user", name: userNameOf(input, context) }, (record) => {
        if (record.accessKeyIds.length >= ACCESS_KEYS_PER_USER) throw errors.quotaExceeded("AccessKeysPerUser", ACCESS_KEYS_PER_USER);
        return { ...record, accessKeyIds: [...record.accessKeyIds, id] };
      });
      accessKeys.put(id, { id, secret, account, userName: owner.name, active: true, created });
      return owner;
    });
    return { AccessKey: { UserName: user.name, AccessKeyId: id, Status: "Active" as const, SecretAccessKey: secret, CreateDate: toDate(created) } };
  },
});
