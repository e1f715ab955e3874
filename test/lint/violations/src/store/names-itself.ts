// expect house(no-chance)
import { randomUUID } from "node:crypto";
export const id = randomUUID();
