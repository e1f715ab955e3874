export { loadConstraints, type ConstraintTable } from "./table.ts";
export { validateInput } from "./validate.ts";
