import { ServiceError } from "../base/errors.ts";
import { createPolicyCache, evaluate, explainDenial, type AccessQuestion, type Caller, type Decision, type NamedPolicy, type PolicySet } from "../decide/iam/index.ts";
import type { IamDirectory, IdentityPolicies, NamedDocument } from "../services/iam/index.ts";
import type { Clock } from "../shared/clock.ts";
import type { AccessCircumstances, AccessRequest, Authorizer } from "../wire/access.ts";
import type { Principal } from "../wire/principal.ts";
import type { ServiceId } from "../wire/service.ts";
import { conditionContext } from "./condition-keys.ts";

/** Compiled documents kept; a few kilobytes each. */
const POLICIES_KEPT = 2000;
/** Principals whose policies are kept compiled between changes of IAM. */
const PRINCIPALS_KEPT = 5000;

/** One question and its answer, for whoever watches. */
export interface AccessDecided {
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  /** The operation's own condition keys, beside the global ones. */
  readonly conditions: NonNullable<AccessRequest["conditions"]>;
  readonly decision: Decision;
}

interface AuthorizerParts {
  readonly iam: Pick<IamDirectory, "revision" | "policiesOfUser" | "policiesOfRole">;
  readonly clock: Clock;
  readonly observe?: ((decided: AccessDecided) => void) | undefined;
}

interface CompiledIdentity {
  readonly identity: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Decides by IAM's policies as they are at this moment; nothing is parsed unless a document is new. */
export function createAuthorizer({ iam, clock, observe }: AuthorizerParts): Authorizer {
  const compile = createPolicyCache(POLICIES_KEPT);
  const named = ({ name, document }: NamedDocument): NamedPolicy => ({ name, policy: compile(document) });
  const identities = createIdentityCache(iam, named);
  return {
    authorize(principal, requests, circumstances) {
      if (requests.length === 0) return;
      const caller = callerOf(principal);
      const { identity, boundary, tags } = identities(principal);
      const session = principal.kind === "assumed-role" && principal.sessionPolicies.length > 0
        ? principal.sessionPolicies.map((document, place) => named({ name: `session policy ${place + 1}`, document }))
        : undefined;
      for (const request of requests) {
        refuseSessionTokenAtIam(principal, request);
        const question: AccessQuestion = {
          caller,
          action: request.action,
          resource: request.resource,
          resourceAccount: request.resourceAccount ?? principal.account,
          context: conditionContext({ principal, request, circumstances, tags, clock }),
        };
        const policies: PolicySet = {
          identity, boundary, session,
          resource: request.resourcePolicy === undefined ? undefined : named({ name: "resource policy", document: request.resourcePolicy }),
          resourceKind: request.resourcePolicyKind ?? "resource",
        };
        const decision = evaluate(question, policies);
        observe?.({ principalArn: principal.arn, action: request.action, resource: request.resource, conditions: request.conditions ?? {}, decision });
        if (decision.decision === "deny") throw denial(explain(question, decision, circumstances), request, circumstances);
      }
    },
  };
}

/** The policies of who asks, compiled, until IAM changes. */
function createIdentityCache(iam: AuthorizerParts["iam"], named: (policy: NamedDocument) => NamedPolicy): (principal: Principal) => CompiledIdentity {
  const none: CompiledIdentity = { identity: [], boundary: undefined, tags: {} };
  let revision = -1;
  const kept = new Map<string, CompiledIdentity>();
  return (principal) => {
    if (principal.kind !== "user" && principal.kind !== "assumed-role") return none;
    const present = iam.revision();
    if (present !== revision || kept.size >= PRINCIPALS_KEPT) {
      kept.clear();
      revision = present;
    }
    const key = principal.kind === "user" ? principal.userId : principal.roleId;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const found: IdentityPolicies | undefined = principal.kind === "user"
      ? iam.policiesOfUser(principal.arn, principal.userId)
      : iam.policiesOfRole(principal.roleArn, principal.roleId);
    const compiled = found === undefined ? none
      : { identity: found.policies.map(named), boundary: found.boundary && named(found.boundary), tags: found.tags };
    kept.set(key, compiled);
    return compiled;
  };
}

function callerOf(principal: Principal): Caller {
  const { account, arn } = principal;
  switch (principal.kind) {
    case "root": return { kind: "root", account, arn };
    case "user": return { kind: "user", account, arn, uniqueId: principal.userId };
    case "assumed-role": return { kind: "role-session", account, arn, roleArn: principal.roleArn, uniqueId: principal.roleId };
    case "service": return { kind: "service", account, arn, service: principal.service };
    case "anonymous": return { kind: "anonymous", account, arn };
  }
}

/** "You cannot call any IAM API operations unless MFA authentication information is included" (API_GetSessionToken); there is no MFA here. */
function refuseSessionTokenAtIam(principal: Principal, { action }: AccessRequest): void {
  const holdsSessionToken = (principal.kind === "user" || principal.kind === "root") && principal.accessKeyId?.startsWith("ASIA") === true;
  if (holdsSessionToken && action.startsWith("iam:") && action !== "iam:PassRole") {
    throw new ServiceError("InvalidClientTokenId", 403, "The security token included in the request is invalid");
  }
}

/**
 * S3 gives reasons to callers of the bucket's own account only
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html). Lambda names `*` as the resource of what has none; the
 * others leave it out.
 */
function explain(question: AccessQuestion, decision: Decision, { service }: AccessCircumstances): string {
  const { caller, resourceAccount } = question;
  if (service === "s3" && (caller.kind === "anonymous" || caller.account !== resourceAccount)) return "Access Denied";
  return explainDenial(question, decision, { nameAnyResource: service === "lambda" }) ?? "";
}

interface Refusal {
  readonly code: "AccessDenied" | "AccessDeniedException";
  readonly status: number;
}
/**
 * Code and status as the service's protocol has them. The JSON services answer 400, as seen from SageMaker
 * (awslabs/amazon-sagemaker-spark) and Logs; the REST ones 403.
 */
const REFUSALS: Readonly<Record<ServiceId, Refusal>> = {
  s3: { code: "AccessDenied", status: 403 },
  sts: { code: "AccessDenied", status: 403 },
  iam: { code: "AccessDenied", status: 403 },
  sagemaker: { code: "AccessDeniedException", status: 400 },
  logs: { code: "AccessDeniedException", status: 400 },
  lambda: { code: "AccessDeniedException", status: 403 },
  "sagemaker-runtime": { code: "AccessDeniedException", status: 403 },
};

function denial(message: string, { denied }: AccessRequest, { service }: AccessCircumstances): Error {
  if (denied !== undefined) return denied(message);
  const { code, status } = REFUSALS[service as ServiceId];
  return new ServiceError(code, status, message);
}
