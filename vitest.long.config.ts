import { defineConfig } from "vitest/config";
import usual, { LONG } from "./vitest.config.ts";

/** `npm run test:long`: at most ten minutes on two cores. */
export default defineConfig({ test: { ...usual.test, include: [LONG], exclude: ["node_modules/**"] } });
