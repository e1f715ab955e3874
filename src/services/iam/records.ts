import type { Instant } from "../../base/instant.ts";

/** What users, roles and groups have in common. */
export interface IdentityRecord {
  readonly name: string;
  readonly path: string;
  /** AIDA…, AROA…, AGPA…: never given out twice, unlike a name. */
  readonly id: string;
  readonly arn: string;
  readonly created: Instant;
  /** JSON documents by name. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs of managed policies, in the order of attachment. */
  readonly attachedPolicies: readonly string[];
}

export interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
}

export interface UserRecord extends IdentityRecord, Tagged {
  readonly boundary?: string;
  readonly groups: readonly string[];
  readonly accessKeyIds: readonly string[];
}

export interface RoleRecord extends IdentityRecord, Tagged {
  readonly boundary?: string;
  readonly description?: string;
  /** JSON as it was written. */
  readonly trustPolicy: string;
  /**
   * Unique ids of the users and roles that the trust policy names, by ARN, as they were when it was written: a later
   * namesake is not trusted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
   */
  readonly trustedIds: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

export type GroupRecord = IdentityRecord;

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly created: Instant;
}

export interface PolicyRecord extends Tagged {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly description?: string;
  readonly created: Instant;
  readonly updated: Instant;
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersionId: string;
  /** Numbers of deleted versions are not given out again. */
  readonly nextVersion: number;
}

export interface InstanceProfileRecord extends Tagged {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly created: Instant;
  readonly roles: readonly string[];
}

export interface AccessKeyRecord {
  readonly id: string;
  readonly secret: string;
  readonly account: string;
  readonly userName: string;
  readonly active: boolean;
  readonly created: Instant;
}
