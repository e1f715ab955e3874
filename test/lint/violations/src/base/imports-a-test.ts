// expect house(import-directions)
import { helper } from "../../test/support/helper.ts";
export const helped = helper;
