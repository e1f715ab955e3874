import { hexId } from "../../../shared/ids.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { tagConditions } from "../tag/conditions.ts";
import { groupKey, groupResource } from "./group.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const createLogGroup = operation("CreateLogGroup", {
  authorize: ({ logGroupName = "", tags = {} }, context) => {
    const resource = groupResource(context, logGroupName);
    const conditions = tagConditions(tags);
    const creating = { action: "logs:CreateLogGroup", resource, conditions };
    if (Object.keys(tags).length === 0) return [creating];
    return [creating, { action: "logs:TagResource", resource, conditions, denied: () => errors.taggingDenied(context.account) }];
  },
  handle: ({ logGroupName: name = "", tags = {}, kmsKeyId, logGroupClass, deletionProtectionEnabled = false }, context) => {
    if (/^aws\//i.test(name)) throw errors.reservedName();
    if (kmsKeyId !== undefined) throw errors.unsupported("Encrypting a log group with a KMS key (kmsKeyId)");
    if (logGroupClass !== undefined && logGroupClass !== "STANDARD") throw errors.unsupported(`The log group class ${logGroupClass}`);
    const created = context.groups.insert(groupKey(context, name), {
      id: hexId(context.random, 16), name, created: context.clock.now(), deletionProtection: deletionProtectionEnabled, tags,
    });
    if (!created) throw errors.groupExists();
    return {};
  },
});
