// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and .../BucketRestrictions.html
const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const MAX_KEY_BYTES = 1024;
/** Keys and values of user metadata together. */
export const MAX_METADATA_BYTES = 2 * KiB;
/** One PUT, one part, or the source of one copy. */
export const MAX_UPLOAD_BYTES = 5 * GiB;
/** What parts can add up to (50 TB since December 2025). */
export const MAX_OBJECT_BYTES = 50 * 1024 * GiB;
export const MIN_PART_BYTES = 5 * MiB;
export const MAX_PART_NUMBER = 10_000;
/** Keys of one page of a listing, and of one DeleteObjects. */
export const MAX_KEYS = 1000;
export const MAX_OBJECT_TAGS = 10;
export const MAX_BUCKET_TAGS = 50;
export const MAX_TAG_KEY = 128;
export const MAX_TAG_VALUE = 256;
export const MAX_POLICY_BYTES = 20 * KiB;
export const MAX_CORS_RULES = 100;
export const MAX_BUCKETS_PAGE = 10_000;

/** Objects up to this size live in the database's own pages: measured faster there than as a file of their own. */
export const INLINE_BYTES = 16 * KiB;
/** Files up to this size are written and read at once: shorter than the thread pool's round trips, and than their MD5. */
export const AT_ONCE_BYTES = 256 * KiB;
