// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html unless said otherwise.

/** Bytes of a package in the request itself, before base64. */
export const MAX_DIRECT_ZIP_BYTES = 52_428_800;
/** Bytes of a package unpacked; a packed one from S3 is never larger. */
export const MAX_UNZIPPED_BYTES = 262_144_000;
/** Bytes of all environment variables' names and values, measured as JSON, as AWS measures them. */
export const MAX_ENVIRONMENT_BYTES = 4096;
/** Bytes of an event. Asynchronous: 1 MB since October 2025 (API_Invoke). */
export const MAX_PAYLOAD_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const;
/** Environments that may run at one moment in an account and Region. */
export const ACCOUNT_CONCURRENCY = 1000;
/** Bytes of all packages of an account and Region. */
export const TOTAL_CODE_BYTES = 80_530_636_800;
export const MAX_NAME_CHARACTERS = 64;
export const MAX_TAGS = 50;
/** Bytes of a function's resource policy. */
export const MAX_POLICY_BYTES = 20_480;
export const DEFAULT_TIMEOUT_SECONDS = 3;
export const DEFAULT_MEMORY_MIB = 128;
export const DEFAULT_EPHEMERAL_MIB = 512;
/** Functions of one page when the caller names no number (API_ListFunctions). */
export const DEFAULT_PAGE = 50;
