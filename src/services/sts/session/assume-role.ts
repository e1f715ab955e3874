import { parseArn } from "../../../base/arn.ts";
import type { AccessRequest } from "../../../wire/access.ts";
import { ServiceError } from "../../../base/errors.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { ASSUME_ROLE_DEFAULT_SECONDS, CHAINED_ROLE_MAX_SECONDS } from "../limits.ts";
import { describeCredentials, issueSession } from "./session.ts";
import { sessionPolicies } from "./session-policies.ts";
import { sessionTags, tagConditions } from "./session-tags.ts";

/** AWS's sentence here has no reason at its end, lest it tell strangers which roles exist. */
const denied = (message: string): Error =>
  new ServiceError("AccessDenied", 403, message.replace(/ because no .*$/, ""));

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const assumeRole = operation("AssumeRole", {
  authorize: (input, { principal, roles }) => {
    if (principal.kind === "root") throw errors.rootMayNotAssume();
    const arn = input.RoleArn ?? "";
    const role = roles.findRole(arn);
    const tags = sessionTags(input, principal);
    const question = (action: string): AccessRequest => ({
      action,
      resource: arn,
      resourcePolicy: role?.trustPolicy,
      resourcePolicyKind: "trust",
      resourceAccount: role?.account ?? parseArn(arn)?.account ?? principal.account,
      resourceTags: role?.tags ?? {},
      conditions: {
        ...(input.RoleSessionName === undefined ? {} : { "sts:RoleSessionName": input.RoleSessionName }),
        ...(input.ExternalId === undefined ? {} : { "sts:ExternalId": input.ExternalId }),
        ...(input.DurationSeconds === undefined ? {} : { "sts:DurationSeconds": String(input.DurationSeconds) }),
        ...(input.SourceIdentity === undefined ? {} : { "sts:SourceIdentity": input.SourceIdentity }),
        ...tagConditions(tags),
      },
      denied,
    });
    return [
      question("sts:AssumeRole"),
      ...(Object.keys(tags.all).length > 0 ? [question("sts:TagSession")] : []),
      ...(input.SourceIdentity === undefined ? [] : [question("sts:SetSourceIdentity")]),
    ];
  },

  handle: (input, context) => {
    const { principal, roles } = context;
    const role = roles.findRole(input.RoleArn ?? "");
    if (role === undefined) throw errors.invalidRoleArn(input.RoleArn ?? "");
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw errors.multiFactorFailed();
    if ((input.ProvidedContexts ?? []).length > 0) throw errors.providedContextsRefused();
    const seconds = input.DurationSeconds ?? ASSUME_ROLE_DEFAULT_SECONDS;
    // "This setting does not limit sessions assumed by AWS services": https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html
    if (principal.kind !== "service" && seconds > role.maxSessionDuration) throw errors.durationExceedsRole();
    // Observed for sessions of users too: https://github.com/mmmorris1975/aws-runas/issues/11
    const chained = "accessKeyId" in principal && principal.accessKeyId?.startsWith("ASIA") === true;
    if (chained && seconds > CHAINED_ROLE_MAX_SECONDS) throw errors.durationExceedsChaining();
    const tags = sessionTags(input, principal);
    const policies = sessionPolicies(input, { account: role.account, roles });
    const packed = Math.max(tags.packedPercent, policies.packedPercent);
    if (packed > 100) throw errors.packedPolicyTooLarge(packed);

    const sessionName = input.RoleSessionName ?? "";
    const sourceIdentity = input.SourceIdentity ?? (principal.kind === "assumed-role" ? principal.sourceIdentity : undefined);
    const arn = `arn:aws:sts::${role.account}:assumed-role/${role.roleName}/${sessionName}`;
    const record = issueSession(context, seconds, (accessKeyId, times) => ({
      kind: "assumed-role", account: role.account, arn, roleArn: role.arn, roleName: role.roleName, roleId: role.roleId,
      sessionName, accessKeyId, sessionPolicies: policies.documents, tags: tags.all, transitiveTagKeys: tags.transitive,
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }), ...times,
    }));
    return {
      Credentials: describeCredentials(record),
      AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${sessionName}`, Arn: arn },
      ...(packed > 0 ? { PackedPolicySize: packed } : {}),
      ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
    };
  },
});
