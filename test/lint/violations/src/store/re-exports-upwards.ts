// expect house(import-directions)
export { beta } from "../services/beta/index.ts";
