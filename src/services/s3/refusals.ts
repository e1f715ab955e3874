import type { S3Context } from "./context.ts";
import { errors } from "./errors.ts";

/** Members that demand what is not done here, with the header that carries each. */
const REFUSED: Readonly<Record<string, string>> = {
  SSECustomerAlgorithm: "x-amz-server-side-encryption-customer-algorithm",
  SSECustomerKey: "x-amz-server-side-encryption-customer-key",
  SSECustomerKeyMD5: "x-amz-server-side-encryption-customer-key-MD5",
  CopySourceSSECustomerAlgorithm: "x-amz-copy-source-server-side-encryption-customer-algorithm",
  CopySourceSSECustomerKey: "x-amz-copy-source-server-side-encryption-customer-key",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  SSEKMSEncryptionContext: "x-amz-server-side-encryption-context",
  WebsiteRedirectLocation: "x-amz-website-redirect-location",
  ObjectLockMode: "x-amz-object-lock-mode",
  ObjectLockRetainUntilDate: "x-amz-object-lock-retain-until-date",
  ObjectLockLegalHoldStatus: "x-amz-object-lock-legal-hold",
  WriteOffsetBytes: "x-amz-write-offset-bytes",
  MFA: "x-amz-mfa",
  IfMatchLastModifiedTime: "x-amz-if-match-last-modified-time",
  IfMatchSize: "x-amz-if-match-size",
  ChecksumSHA512: "x-amz-checksum-sha512",
  ChecksumMD5: "x-amz-checksum-md5",
  ChecksumXXHASH64: "x-amz-checksum-xxhash64",
  ChecksumXXHASH3: "x-amz-checksum-xxhash3",
  ChecksumXXHASH128: "x-amz-checksum-xxhash128",
};

/** Members whose one accepted value is what happens anyway. */
const ONLY: Readonly<Record<string, { readonly header: string; readonly accepted: readonly unknown[] }>> = {
  // `aws:kms` without a key of one's own is what the SageMaker Python SDK sends with every source archive; the answer says AES256.
  ServerSideEncryption: { header: "x-amz-server-side-encryption", accepted: ["AES256", "aws:kms"] },
  BucketKeyEnabled: { header: "x-amz-server-side-encryption-bucket-key-enabled", accepted: [false] },
  StorageClass: { header: "x-amz-storage-class", accepted: ["STANDARD"] },
  ObjectLockEnabledForBucket: { header: "x-amz-bucket-object-lock-enabled", accepted: [false] },
  BypassGovernanceRetention: { header: "x-amz-bypass-governance-retention", accepted: [false] },
  BucketNamespace: { header: "x-amz-bucket-namespace", accepted: ["global"] },
  ObjectOwnership: { header: "x-amz-object-ownership", accepted: ["BucketOwnerEnforced"] },
};

const GRANTS = ["GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"];
/** With ownership enforced, S3 takes the canned ACLs that change nothing. */
const HARMLESS_ACLS = ["private", "bucket-owner-full-control"];

type Strictness = Pick<S3Context, "lenient" | "log">;

function refuseHeader({ lenient, log }: Strictness, header: string, value: string): void {
  if (!lenient) throw errors.unsupportedHeader(header, value);
  log.warn("ignored, because the server is lenient", { header, value });
}

/** Refuses a setting by name, or under `--lenient` notes that it is left out. */
export function refuse({ lenient, log }: Strictness, what: string): void {
  if (!lenient) throw errors.unsupported(what);
  log.warn("ignored, because the server is lenient", { what });
}

/** Refuses by name what an input demands beyond what is done here; empty and default values demand nothing. */
export function refuseUnsupported(input: object, strictness: Strictness): void {
  for (const [member, value] of Object.entries(input) as [string, unknown][]) {
    if (value === undefined || value === null || value === "") continue;
    const shown = value instanceof Date ? value.toISOString() : JSON.stringify(value);
    const refused = REFUSED[member];
    if (refused !== undefined) refuseHeader(strictness, refused, shown);
    const only = ONLY[member];
    if (only && !only.accepted.includes(value)) refuseHeader(strictness, only.header, shown);
    if (GRANTS.includes(member) || (member === "ACL" && !HARMLESS_ACLS.some((acl) => acl === value))) throw errors.aclsNotSupported();
  }
}
