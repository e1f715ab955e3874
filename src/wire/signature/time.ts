import { fromDate, instant, type Instant } from "../../base/instant.ts";

const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Reads `20130524T000000Z`; undefined when the text is not of that form. */
export function parseBasic(text: string): Instant | undefined {
  const match = BASIC.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const moment = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return formatBasic(instant(moment)) === text ? instant(moment) : undefined;
}

/** Writes `20130524T000000Z`. */
export const formatBasic = (moment: Instant): string =>
  `${new Date(moment).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

/** Writes `2013-05-24T00:00:00Z`, the form of S3's error members. */
export const formatExtended = (moment: Instant): string => `${new Date(moment).toISOString().slice(0, 19)}Z`;

/** Reads the `Date` header (RFC 1123) or an ISO date; undefined when it is neither. */
export function parseHttpDate(text: string): Instant | undefined {
  const basic = parseBasic(text);
  if (basic !== undefined) return basic;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : fromDate(date);
}
