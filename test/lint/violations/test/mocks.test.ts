// expect house(no-mocks)
import { expect, it, vi } from "vitest";
it("is told what it wants to hear", () => {
  expect(vi.fn()).toBeDefined();
});
