/** IAM's quotas. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const ACCESS_KEYS_PER_USER = 2;
export const POLICY_VERSIONS_MAX = 5;
export const INSTANCE_PROFILE_ROLES_MAX = 1;
export const GROUPS_PER_USER = 10;
export const TAGS_MAX = 50;
export const ATTACHED_POLICIES_MAX = { user: 10, role: 10, group: 10 } as const;
/** Characters without white space, of all inline policies of one identity together. */
export const INLINE_POLICIES_CHARACTERS = { user: 2048, role: 10_240, group: 5120 } as const;
/** Characters without white space. */
export const MANAGED_POLICY_CHARACTERS = 6144;
export const TRUST_POLICY_CHARACTERS = 2048;
/** Items of a list when the caller does not say; the schema bounds what it may say. */
export const PAGE_ITEMS = 100;
/** Seconds a session of a role may last when nobody says otherwise. */
export const DEFAULT_SESSION_SECONDS = 3600;
/** IAM counts the characters of a document and leaves out white space (reference_iam-quotas). */
export const countedCharacters = (document: string): number => document.replaceAll(/\s/g, "").length;
/** Characters of AIDA…, AROA…, ANPA… ids. */
export const UNIQUE_ID_LENGTH = 21;
/** Characters of AKIA… ids. */
export const ACCESS_KEY_LENGTH = 20;
