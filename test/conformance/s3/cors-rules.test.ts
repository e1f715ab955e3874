import { expect, test } from "vitest";
import { corsHeaders } from "../../../src/services/s3/bucket/cors-rules.ts";

const rule = { AllowedOrigins: ["https://*.example.com"], AllowedMethods: ["GET"], AllowedHeaders: ["x-amz-*"], ExposeHeaders: ["ETag"], MaxAgeSeconds: 60 };

test("the first rule that fits gives its headers", () => {
  expect(corsHeaders([rule], { origin: "https://app.example.com", method: "GET", headers: ["X-Amz-Date"] })).toMatchObject({
    "access-control-allow-origin": "https://app.example.com", "access-control-allow-methods": "GET", "access-control-allow-headers": "X-Amz-Date",
    "access-control-expose-headers": "ETag", "access-control-max-age": "60", "access-control-allow-credentials": "true",
  });
  const open = corsHeaders([rule, { AllowedOrigins: ["*"], AllowedMethods: ["PUT"] }], { origin: "null", method: "PUT" });
  expect(open).toMatchObject({ "access-control-allow-origin": "*" });
  expect(open).not.toHaveProperty("access-control-allow-credentials");
});

test("another origin, method or header is not allowed", () => {
  for (const question of [
    { origin: "https://example.com", method: "GET" }, { origin: "http://app.example.com", method: "GET" },
    { origin: "https://app.example.com", method: "PUT" }, { origin: "https://app.example.com", method: "GET", headers: ["authorization"] },
  ]) expect(corsHeaders([rule], question)).toBeUndefined();
});
