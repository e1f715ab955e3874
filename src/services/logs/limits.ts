import { DAY, HOUR, type Milliseconds } from "../../base/instant.ts";

/** Limits of PutLogEvents. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const MAX_BATCH_BYTES = 1_048_576;
export const MAX_EVENT_BYTES = 1_048_576;
/** Bytes that every event counts beside its message. */
export const EVENT_OVERHEAD_BYTES = 26;
export const MAX_BATCH_SPAN: Milliseconds = 24 * HOUR;
export const MAX_FUTURE: Milliseconds = 2 * HOUR;
export const MAX_AGE: Milliseconds = 14 * DAY;

/** A page of GetLogEvents and FilterLogEvents: 10,000 events or 1 MB. */
export const MAX_PAGE_EVENTS = 10_000;
export const MAX_PAGE_BYTES = 1_048_576;
/** Default and greatest page of the Describe operations. */
export const DESCRIBE_PAGE = 50;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Tags of one log group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export const MAX_TAGS = 50;
