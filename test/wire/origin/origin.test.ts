import { expect, test } from "vitest";
import { admitOrigin, type AllowedOrigins } from "../../../src/wire/origin.ts";

const nobody: AllowedOrigins = { hosts: () => false };
const verdict = (headers: Record<string, string>, allowed = nobody, method = "POST"): boolean =>
  admitOrigin({ method, headers: { host: "127.0.0.1:4566", ...headers } }, allowed).admitted;

test.each([
  "127.0.0.1", "127.0.0.1:4566", "127.0.0.9:80", "localhost", "LocalHost:4566", "localhost.:4566", "[::1]", "[::1]:4566",
  "bucket.localhost:4566", "photos.s3.us-east-1.localhost", "abc.lambda-url.us-east-1.localhost:4566",
])("a program that names the host %s comes in", (host) => expect(verdict({ host })).toBe(true));

test.each([
  "", "evil.example", "evil.example:4566", "127.0.0.1.evil.example", "localhost.evil.example", "notlocalhost", "128.0.0.1",
  "127.0.0.1@evil.example", "[::2]", "[::1].evil.example", "127.0.0.1:4566:80", "evil.example/.localhost", ".localhost", "localhost:",
])("a name bound to this machine that is not ours stays out: %s", (host) => expect(verdict({ host })).toBe(false));

test("a configured host name comes in, with or without a port", () => {
  const allowed: AllowedOrigins = { hosts: (host) => host === "lab.internal" };
  expect(verdict({ host: "Lab.Internal:4566" }, allowed)).toBe(true);
  expect(verdict({ host: "lab.internal" }, allowed)).toBe(true);
  expect(verdict({ host: "other.internal" }, allowed)).toBe(false);
});

test.each(["https://evil.example", "null", "http://127.0.0.1:3000", "http://localhost:4566", "http://127.0.0.1:4566.evil.example", "file://"])(
  "a page of %s cannot post", (origin) => expect(verdict({ origin })).toBe(false),
);

test("a page of this very origin can only where that is allowed", () => {
  const own: AllowedOrigins = { hosts: () => false, ownPages: true };
  for (const page of [{ origin: "http://127.0.0.1:4566" }, { origin: "http://127.0.0.1:4566", "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "same-origin" }]) {
    expect(verdict(page, own)).toBe(true);
    expect(verdict(page)).toBe(false);
  }
  expect(verdict({ origin: "http://127.0.0.1:4566", "sec-fetch-site": "cross-site" }, own)).toBe(false);
});

test.each(["cross-site", "same-site", "anything"])("a request without an origin, %s, stays out: pictures, links and forms of foreign pages", (site) => {
  expect(verdict({ "sec-fetch-site": site }, nobody, "GET")).toBe(false);
});

test("an address typed by the user comes in", () => expect(verdict({ "sec-fetch-site": "none" }, nobody, "GET")).toBe(true));

test("the CORS configuration of what is asked admits its origins and no unnamed one", () => {
  const allowed: AllowedOrigins = { hosts: () => false, corsAllows: (origin) => origin === "https://app.example" };
  expect(verdict({ origin: "https://app.example", "sec-fetch-site": "cross-site" }, allowed)).toBe(true);
  expect(verdict({ origin: "https://evil.example", "sec-fetch-site": "cross-site" }, allowed)).toBe(false);
  expect(verdict({ origin: "null" }, { hosts: () => false, corsAllows: () => true })).toBe(false);
  expect(verdict({ host: "evil.example", origin: "https://app.example" }, allowed)).toBe(false);
});

test("a link to a function URL may be followed, and nothing else be sent along it", () => {
  const allowed: AllowedOrigins = { hosts: () => false, navigation: true };
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect(verdict(link, allowed, "GET")).toBe(true);
  expect(verdict(link, allowed, "POST")).toBe(false);
  expect(verdict({ ...link, "sec-fetch-dest": "iframe" }, allowed, "GET")).toBe(false);
  expect(verdict(link, nobody, "GET")).toBe(false);
});

test("a refusal says why", () => {
  expect(admitOrigin({ method: "GET", headers: { host: "evil.example" } }, nobody))
    .toEqual({ admitted: false, reason: 'The Host header "evil.example" is not a name of this server.' });
});
