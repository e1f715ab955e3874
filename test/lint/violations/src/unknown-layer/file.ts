// expect house(import-directions)
import { first } from "../base/first.ts";
export const second = first;
