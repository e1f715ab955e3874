// expect house(import-directions)
import { beta } from "../services/beta/index.ts";
export const up = beta;
