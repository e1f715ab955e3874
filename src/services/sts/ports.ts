/** A role as STS needs to know it. */
export interface AssumableRole {
  readonly account: string;
  readonly arn: string;
  readonly roleId: string;
  readonly roleName: string;
  /** The JSON of the trust policy. */
  readonly trustPolicy: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What STS asks of IAM; `cloud/` wires it, since services do not import one another. */
export interface RoleDirectory {
  findRole(arn: string): AssumableRole | undefined;
  /** The JSON of a managed policy's default version; undefined when neither the account nor AWS has the ARN. */
  managedPolicy(arn: string, account: string): string | undefined;
}

/** The port that `cloud/` supplies beside every service's dependencies. */
export interface StsPorts {
  readonly roles: RoleDirectory;
}
