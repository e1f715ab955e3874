import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SERVICES } from "../../src/services/registry.ts";
import { readModel } from "../../src/wire/model.ts";
import type { ServiceId } from "../../src/wire/service.ts";

const SOURCES = fileURLToPath(new URL("../../src/services/", import.meta.url));

/**
 * Codes that AWS answers and the SDK does not model: the services' own pages of common errors, for S3
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. `NotImplemented` is what we say where AWS does something.
 */
const UNMODELLED: Readonly<Record<ServiceId, readonly string[]>> = {
  iam: ["AccessDenied", "ValidationError"],
  sts: ["AccessDenied", "ValidationError", "InvalidParameterValue"],
  logs: [],
  s3: [
    "AccessControlListNotSupported", "AuthorizationHeaderMalformed", "BadDigest", "BadRequest", "BucketNotEmpty", "EntityTooLarge", "EntityTooSmall",
    "IllegalLocationConstraintException", "InvalidArgument", "InvalidBucketName", "InvalidLocationConstraint", "InvalidPart", "InvalidPartNumber", "InvalidPartOrder",
    "InvalidRange", "InvalidTag", "KeyTooLongError", "MalformedPolicy", "MalformedXML", "MetadataTooLarge", "NoSuchBucketPolicy", "NoSuchCORSConfiguration",
    "NoSuchPublicAccessBlockConfiguration", "NoSuchTagSet", "NotModified", "PreconditionFailed",
  ],
  sagemaker: ["ValidationException"],
  "sagemaker-runtime": [],
  lambda: ["AccessDeniedException", "RequestEntityTooLargeException", "ValidationException"],
};

/** A body over InvokeEndpoint's limit: 413 as seen in https://github.com/aws/amazon-sagemaker-examples/issues/245, under the code that is modelled. */
const OTHER_STATUS: readonly string[] = ["sagemaker-runtime ValidationError 413"];

/** Code and status of every row of a service's table, as they stand in its file. */
const rowsOf = (id: ServiceId): readonly { readonly code: string; readonly status: number }[] =>
  [...readFileSync(join(SOURCES, id, "errors.ts"), "utf8").matchAll(/\bcode: "([^"]+)",\s*status: (\d+)/g)].map(([, code = "", status]) => ({ code, status: Number(status) }));

test.each(SERVICES.map((service) => [service.id, service] as const))("%s: every error that a client can see is one that AWS has, with its status", async (id, service) => {
  const { errors } = readModel(id, await service.loadSdk());
  const rows = rowsOf(id);
  expect(rows.length).toBeGreaterThan(0);
  const unknown = rows.filter(({ code }) => code !== "NotImplemented" && !errors.has(code) && !UNMODELLED[id].includes(code));
  expect(unknown).toEqual([]);
  const elsewhere = rows.filter(({ code, status }) => {
    const modelled = errors.get(code);
    return modelled !== undefined && modelled.status !== status && !OTHER_STATUS.includes(`${id} ${code} ${status}`);
  });
  expect(elsewhere).toEqual([]);
  // A line that nothing needs any more would let a misspelt code through.
  expect(UNMODELLED[id].filter((code) => !rows.some((row) => row.code === code))).toEqual([]);
});
