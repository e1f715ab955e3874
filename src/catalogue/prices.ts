import { findInstanceType } from "./instance-types.ts";

const SECONDS_PER_HOUR = 3600;
const HOURS_PER_DAY = 24;

/**
 * The share of the price on demand that managed spot training is billed at here. AWS says "up to 90%" less and publishes no price of it (EC2's spot prices
 * change by the minute, and are not SageMaker's): 70 % less is assumed, what AWS's own examples of managed spot training show.
 */
export const SPOT_PAID_SHARE = 0.3;

/** us-east-1, USD. Lambda and S3 as of 2026-08: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/s3/pricing/ */
export const LAMBDA_PRICES = { perRequest: 0.2 / 1_000_000, perGbSecond: 0.0000166667 } as const;
export const S3_PRICES = { perGbMonth: 0.023, perPut: 0.005 / 1000, perGet: 0.0004 / 1000 } as const;

/** USD for machine time of an instance type; undefined where no price is known. */
export function costOfInstance(type: string, seconds: number, count = 1): number | undefined {
  const hourly = findInstanceType(type)?.usdPerHour;
  return hourly === undefined ? undefined : (hourly * seconds * count) / SECONDS_PER_HOUR;
}

/** USD that an endpoint costs in a day, busy or idle. */
export const costPerDay = (type: string, count: number): number | undefined => costOfInstance(type, HOURS_PER_DAY * SECONDS_PER_HOUR, count);

/** USD for function time. */
export const costOfFunction = ({ requests, seconds, memoryMiB }: { readonly requests: number; readonly seconds: number; readonly memoryMiB: number }): number =>
  requests * LAMBDA_PRICES.perRequest + seconds * (memoryMiB / 1024) * LAMBDA_PRICES.perGbSecond;
