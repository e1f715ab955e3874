import type { Instant } from "../base/instant.ts";

/** Who acts. Every request, and every act of a service on somebody's behalf, has one. */
export type Principal =
  | {
      readonly kind: "root"; readonly account: string; readonly arn: string;
      /** `ASIA…` when root acts with credentials from GetSessionToken. */
      readonly accessKeyId?: string;
    }
  | {
      readonly kind: "user"; readonly account: string; readonly arn: string; readonly userName: string;
      readonly userId: string; readonly accessKeyId: string; readonly tags: Readonly<Record<string, string>>;
    }
  | {
      /** A session of a role: `arn` is the `arn:aws:sts::…:assumed-role/Role/Session` form. */
      readonly kind: "assumed-role"; readonly account: string; readonly arn: string; readonly roleArn: string;
      readonly roleName: string; readonly roleId: string; readonly sessionName: string; readonly accessKeyId: string;
      /** JSON documents passed to AssumeRole; each one narrows what the role allows. */
      readonly sessionPolicies: readonly string[];
      /** The session's own tags; the role's are looked up when asked for. */
      readonly tags: Readonly<Record<string, string>>;
      /** Keys of `tags` that pass on to roles assumed from here (role chaining). */
      readonly transitiveTagKeys?: readonly string[];
      readonly sourceIdentity?: string;
      readonly issued: Instant; readonly expires: Instant;
    }
  | {
      readonly kind: "service"; readonly account: string; readonly arn: string; readonly service: string;
      /** The resource the service acts for: `aws:SourceArn` in trust policies. */
      readonly sourceArn?: string;
    }
  | { readonly kind: "anonymous"; readonly account: string; readonly arn: string };

/** An AWS service acting for itself, e.g. `sagemaker.amazonaws.com` assuming an execution role. */
export const servicePrincipal = (service: string, account: string, sourceArn?: string): Principal =>
  ({ kind: "service", account, arn: service, service, ...(sourceArn === undefined ? {} : { sourceArn }) });

export const rootPrincipal = (account: string): Principal =>
  ({ kind: "root", account, arn: `arn:aws:iam::${account}:root` });

export const anonymousPrincipal = (account: string): Principal =>
  ({ kind: "anonymous", account, arn: "anonymous" });

/** What signing needs to know of an access key. `cloud/` supplies it from IAM and STS. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expires?: Instant;
  readonly principal: Principal;
}

export interface CredentialSource {
  /** The credentials behind an access key id, expired ones included; undefined when nobody has it. */
  find(accessKeyId: string): Credentials | undefined;
}
