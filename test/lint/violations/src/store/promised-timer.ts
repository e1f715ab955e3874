// expect house(no-clock)
import { setTimeout as sleep } from "node:timers/promises";
export const nap = sleep;
