import { fromDate, type Instant } from "../../base/instant.ts";

const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Reads `20130524T000000Z`; undefined when the text is not of that form or not a time. */
export function parseBasic(text: string): Instant | undefined {
  const match = BASIC.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // A field out of its range would have carried over into the next.
  const carried = date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59;
  return carried ? undefined : fromDate(date);
}

/** Writes `20130524T000000Z`. */
export const formatBasic = (moment: Instant): string =>
  `${new Date(moment).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

/** Writes `2013-05-24T00:00:00Z`, the form of S3's error members. */
export const formatExtended = (moment: Instant): string => `${new Date(moment).toISOString().slice(0, 19)}Z`;

/** Reads the `Date` header (RFC 1123, or ISO with separators); undefined when it is neither. */
export function parseHttpDate(text: string): Instant | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : fromDate(date);
}
