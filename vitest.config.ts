import { defineConfig } from "vitest/config";

/** What takes tens of seconds each and would bring `npm test` over ten minutes: `npm run test:long`. */
export const LONG = "test/**/*.long.test.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/lint/violations/**", "node_modules/**", LONG],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for happens in other processes, which other tests slow down.
    expect: { poll: { timeout: 15_000 } },
  },
});
