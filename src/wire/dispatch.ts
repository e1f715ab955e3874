import { formParameters } from "./codecs/form-parameters.ts";
import type { Labels } from "./codecs/codec.ts";
import { wireErrors } from "./errors.ts";
import type { LoadedService } from "./registry.ts";
import type { ServiceId } from "./service.ts";
import { SERVICE_IDENTITIES, type ServiceIdentity } from "./service-table.ts";

/** What dispatch looks at. The body is needed only for query services, whose operation is in the form. */
export interface DispatchRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Which service a request is for, before its operation is known (that can need the body). */
export type Destination =
  | { readonly kind: "json"; readonly service: ServiceId; readonly operation: string }
  | { readonly kind: "query"; readonly service: ServiceId | undefined }
  | { readonly kind: "rest"; readonly service: ServiceId; readonly path: string };

const FORM = "application/x-www-form-urlencoded";
const entries = Object.entries(SERVICE_IDENTITIES) as readonly (readonly [ServiceId, ServiceIdentity])[];
const byTarget = new Map(entries.filter(([, identity]) => identity.target !== undefined).map(([id, identity]) => [identity.target, id]));
const bySigningName = (name: string, rest: boolean): ServiceId | undefined =>
  entries.find(([, identity]) => identity.signingName === name && (rest ? identity.protocol.startsWith("rest") : identity.protocol === "awsQuery"))?.[0];

/** The service and region that a request claims to be signed for; not verified here. */
export function claimedScope(headers: Readonly<Record<string, string>>, query: string): { readonly service: string; readonly region: string } | undefined {
  const scope = /Credential=[^/,\s]*\/\d+\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(headers["authorization"] ?? "")
    ?? /[?&]X-Amz-Credential=[^&]*?(?:%2F|\/)\d+(?:%2F|\/)([^&/%]+)(?:%2F|\/)([^&/%]+)(?:%2F|\/)aws4_request/i.exec(`?${query}`);
  return scope ? { region: scope[1] ?? "", service: scope[2] ?? "" } : undefined;
}

/** Finds the service: target header, then form, then REST by signing name; what is unsigned is S3's. */
export function findDestination(request: DispatchRequest): Destination {
  const target = request.headers["x-amz-target"];
  if (target !== undefined) {
    const [prefix = "", operation = ""] = target.split(".");
    const service = byTarget.get(prefix);
    if (!service) throw wireErrors.unknownService(prefix);
    return { kind: "json", service, operation };
  }
  const scope = claimedScope(request.headers, request.query);
  const isForm = request.method === "POST" && (request.headers["content-type"] ?? "").startsWith(FORM);
  const named = scope && bySigningName(scope.service, false);
  if ((isForm || /(^|&)Action=/.test(request.query)) && (named || !scope || !bySigningName(scope.service, true))) {
    return { kind: "query", service: named };
  }
  const service = scope ? bySigningName(scope.service, true) : "s3";
  if (!service) throw wireErrors.unknownService(scope?.service ?? "");
  return { kind: "rest", service, path: service === "s3" ? bucketPath(request.host, request.path) : request.path };
}

/** In whose form an error is told before the service is known: by what the request looks like. */
export function apparentService(request: DispatchRequest): ServiceId {
  try {
    return findDestination(request).service ?? "sts";
  } catch {
    // For a service that is not here: with a target it speaks awsJson, without one most likely REST with JSON.
    return request.headers["x-amz-target"] === undefined ? "lambda" : "logs";
  }
}

/** The query service and operation that a form names. */
export function readAction(body: Uint8Array, query: string, claimed: ServiceId | undefined): { readonly service: ServiceId; readonly operation: string } {
  const form = formParameters(body, query);
  const operation = form.get("Action") ?? "";
  const version = form.get("Version") ?? "";
  const service = claimed ?? entries.find(([, identity]) => identity.version === version)?.[0];
  if (!service) throw wireErrors.invalidAction(operation, version);
  return { service, operation };
}

/** The operation of a REST request and its path labels. */
export function routeRest(loaded: LoadedService, request: DispatchRequest, path: string): { readonly operation: string; readonly labels: Labels } {
  const match = loaded.route({ method: request.method, path, query: new URLSearchParams(request.query), headers: request.headers });
  if (match) return match;
  throw loaded.id === "s3" ? wireErrors.methodNotAllowed() : wireErrors.unknownOperation();
}

const VIRTUAL_HOST = /^(.+?)\.(?:s3[.-](?:[a-z0-9-]+\.)?)?(?:localhost|amazonaws\.com|local)$/;

/** The bucket that the host names (virtual-host style): `photos.s3.localhost` → `photos`. */
export function virtualBucket(host: string): string | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return /^s3[.-]/.test(name) ? undefined : VIRTUAL_HOST.exec(name)?.[1];
}

/** Virtual-host style turned into path style. */
function bucketPath(host: string, path: string): string {
  const bucket = virtualBucket(host);
  return bucket === undefined ? path : `/${bucket}${path}`;
}
