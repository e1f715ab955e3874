import type { Instant } from "../../../base/instant.ts";

/** AWS's tokens have 56 digits and are ignored since 2023; some clients still read one and hand it back. */
export const sequenceToken = (lastIngestion: Instant | undefined): string => `4${String(lastIngestion ?? 0).padStart(55, "9")}`;
