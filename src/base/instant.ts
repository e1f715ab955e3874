/** A moment in milliseconds since the Unix epoch, UTC. Branded so that a duration cannot stand in for it. */
export type Instant = number & { readonly __instant: unique symbol };

/** A length of time in milliseconds. */
export type Milliseconds = number;

export const SECOND: Milliseconds = 1000;
export const MINUTE: Milliseconds = 60 * SECOND;
export const HOUR: Milliseconds = 60 * MINUTE;
export const DAY: Milliseconds = 24 * HOUR;

export const instant = (epochMs: number): Instant => epochMs as Instant;
export const plus = (moment: Instant, duration: Milliseconds): Instant => instant(moment + duration);
export const toDate = (moment: Instant): Date => new Date(moment);
export const fromDate = (date: Date): Instant => instant(date.getTime());
