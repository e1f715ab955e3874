import type { ServerResponse } from "node:http";
import { bucketCors, type S3State } from "../services/s3/index.ts";
import { virtualBucket } from "../wire/dispatch.ts";
import type { ArrivedRequest } from "../wire/pipeline.ts";
import { isForBucket } from "./admission.ts";

/** The headers that a bucket's CORS rules give this page's request; undefined when it has none to give. */
export function corsOf(s3: S3State, request: ArrivedRequest): Readonly<Record<string, string>> | undefined {
  const origin = request.headers["origin"];
  if (origin === undefined || !isForBucket(request)) return undefined;
  const bucket = virtualBucket(request.host) ?? request.path.split("/")[1] ?? "";
  const asked = request.method === "OPTIONS" ? request.headers["access-control-request-method"] : undefined;
  const names = request.headers["access-control-request-headers"];
  return bucketCors(s3, bucket, {
    origin, method: asked ?? request.method,
    ...(asked !== undefined && names !== undefined && { headers: names.split(",").map((name) => name.trim()) }),
  });
}

/** Answers a preflight by the bucket's rules. False when the request is none. */
export function answerPreflight(request: ArrivedRequest, response: ServerResponse, cors: Readonly<Record<string, string>> | undefined): boolean {
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  response.writeHead(cors ? 200 : 403, cors ?? {}).end();
  return true;
}
