// expect house(import-directions)
import { beta } from "../beta/index.ts";
export const alpha = beta;
