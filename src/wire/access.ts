import type { Principal } from "./principal.ts";

/** One question to IAM: may the caller do `action` on `resource`? An operation asks one or more. */
export interface AccessRequest {
  /** e.g. `s3:PutObject`; not always the operation's own name (HeadObject asks for `s3:GetObject`). */
  readonly action: string;
  /** A full ARN, or `*` for actions without resource types. */
  readonly resource: string;
  /** Condition keys this operation supplies, beside the global ones: `{ "iam:PassedToService": "lambda.amazonaws.com" }`. */
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
  /** The JSON of the policy on the resource itself (bucket policy, function policy), if there is one. */
  readonly resourcePolicy?: string | undefined;
  /**
   * `trust` when `resourcePolicy` is a role's trust policy: without one that allows, nothing does, not even an identity
   * policy. A `resource` policy is one way to be allowed among others. Default `resource`.
   */
  readonly resourcePolicyKind?: "resource" | "trust";
  /** Tags of the resource: `aws:ResourceTag/…` and the service's own `…:ResourceTag/…`. */
  readonly resourceTags?: Readonly<Record<string, string>>;
  /** The account that owns the resource, when it is not the caller's. */
  readonly resourceAccount?: string;
  /** How this service words its refusal; AWS's usual sentence when absent. */
  readonly denied?: (message: string) => Error;
}

/** What the authorizer knows of the request beside the question: source of the global condition keys. */
export interface AccessCircumstances {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly secureTransport: boolean;
  readonly userAgent: string;
  /** True when another service makes the call with the principal's own permissions; not when it acts by a role of its own. */
  readonly viaService: boolean;
  /** Those services, the first one first: `cloudformation.amazonaws.com`. */
  readonly calledVia?: readonly string[] | undefined;
}

/** Throws AWS's AccessDenied (in the caller's service's code) unless every request is allowed. `cloud/` supplies it. */
export interface Authorizer {
  authorize(principal: Principal, requests: readonly AccessRequest[], circumstances: AccessCircumstances): void;
}

/** The question whether the caller may hand a role to a service; asked beside the operation's own. */
export const passRole = (roleArn: string, service: string): AccessRequest =>
  ({ action: "iam:PassRole", resource: roleArn, conditions: { "iam:PassedToService": service } });
