import { expect, test } from "vitest";
import { decideAdmission } from "../../src/decide/concurrency.ts";

test("the account's quota admits as many as it says and throttles the next", () => {
  expect(decideAdmission({ running: 999 }, { account: 1000 })).toEqual({ kind: "admitted" });
  expect(decideAdmission({ running: 1000 }, { account: 1000 })).toEqual({ kind: "throttled", reason: "ConcurrentInvocationLimitExceeded" });
});
