import type { Labels } from "./codecs/codec.ts";
import type { OperationModel, ServiceModel } from "./model.ts";
import { requiredMembers } from "./struct.ts";

/** The part of a request that REST routing looks at. */
export interface RouteRequest {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RouteMatch {
  readonly operation: string;
  readonly labels: Labels;
}

type Segment = { readonly kind: "literal"; readonly text: string } | { readonly kind: "label" | "greedy"; readonly name: string };

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly segments: readonly Segment[];
  /** Query parameters that must be there, from the address or because the member is required. */
  readonly query: readonly (readonly [key: string, value: string | undefined])[];
  readonly headers: readonly string[];
  readonly id: string | undefined;
}

/**
 * REST routing by the schemas alone. Required query and header members take part in the match, which tells UploadPart
 * from PutObject and CopyObject from both; `x-id` is optional because boto3 leaves it out.
 */
export function createRouter(model: ServiceModel, implicitBucket: boolean): (request: RouteRequest) => RouteMatch | undefined {
  const routes = [...model.operations.values()].flatMap((operation) => compile(operation, implicitBucket));
  const byMethod = Map.groupBy(routes, (route) => route.method);
  return (request) => {
    const path = request.path.replace(/^\//, "");
    const parts = path === "" ? [] : path.split("/");
    let best: { readonly route: Route; readonly labels: Labels; readonly score: number } | undefined;
    for (const route of byMethod.get(request.method) ?? []) {
      const score = matchFacts(route, request);
      if (score < 0) continue;
      const labels = matchPath(route.segments, parts);
      if (!labels) continue;
      const total = score + 100 * route.segments.filter((segment) => segment.kind === "literal").length;
      if (!best || total > best.score) best = { route, labels, score: total };
    }
    return best && { operation: best.route.operation, labels: best.labels };
  };
}

function compile(operation: OperationModel, implicitBucket: boolean): readonly Route[] {
  if (!operation.http) return [];
  const [pathText = "/", queryText = ""] = operation.http.uri.split("?");
  const segments: Segment[] = pathText.split("/").filter((part) => part !== "").map((part) => {
    const label = /^\{([^+}]+)(\+?)\}$/.exec(part);
    if (!label) return { kind: "literal", text: part };
    return { kind: label[2] === "+" ? "greedy" : "label", name: label[1] ?? "" };
  });
  // S3's addresses in the schemas leave the bucket to the endpoint rules; on the path it comes first.
  const bucket = operation.input.isStructSchema() ? operation.input.getMemberSchemas()["Bucket"] : undefined;
  if (implicitBucket && bucket?.getMergedTraits()["httpLabel"]) segments.unshift({ kind: "label", name: "Bucket" });
  const fixed = [...new URLSearchParams(queryText)].map(([key, value]) => [key, value === "" ? undefined : value] as const);
  const query = fixed.filter(([key]) => key !== "x-id").map(([key, value]) => [key, value] as const);
  const required = requiredMembers(operation.input);
  const headers: string[] = [];
  const members = operation.input.isStructSchema() ? operation.input.getMemberSchemas() : {};
  const needed: (readonly [string, string | undefined])[] = [...query];
  for (const name of required) {
    const traits = members[name]?.getMergedTraits();
    if (traits?.["httpQuery"]) needed.push([traits["httpQuery"] as string, undefined]);
    if (traits?.["httpHeader"]) headers.push((traits["httpHeader"] as string).toLowerCase());
  }
  const id = fixed.find(([key]) => key === "x-id")?.[1];
  return [{ operation: operation.name, method: operation.http.method, segments, query: needed, headers, id }];
}

/** Points for what matched beside the path; -1 when something needed is missing. */
function matchFacts(route: Route, request: RouteRequest): number {
  let score = 0;
  for (const [key, value] of route.query) {
    const given = request.query.get(key);
    if (given === null || (value !== undefined && given !== value)) return -1;
    score += 10;
  }
  for (const name of route.headers) {
    if (request.headers[name] === undefined) return -1;
    score += 10;
  }
  return route.id !== undefined && request.query.get("x-id") === route.id ? score + 1 : score;
}

function matchPath(segments: readonly Segment[], parts: readonly string[]): Labels | undefined {
  const labels: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "greedy") {
      const rest = parts.slice(index).join("/");
      if (rest === "") return undefined;
      labels[segment.name] = decode(rest);
      return labels;
    }
    const part = parts[index];
    if (part === undefined || part === "") return undefined;
    if (segment.kind === "literal" ? part !== segment.text : false) return undefined;
    if (segment.kind === "label") labels[segment.name] = decode(part);
  }
  // Trailing slashes are ignored: ten old Lambda addresses have one, and `/bucket/` is the bucket.
  return parts.slice(segments.length).every((part) => part === "") ? labels : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
