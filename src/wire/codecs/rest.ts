import { AwsRestJsonProtocol, AwsRestXmlProtocol } from "@aws-sdk/core/protocols";
import { FromStringShapeDeserializer } from "@smithy/core/protocols";
import { NormalizedSchema, operation as deriveOperation } from "@smithy/core/schema";
import { ServiceError } from "../../base/errors.ts";
import type { WireBody, WireRequest, WireResponse } from "../message.ts";
import type { OperationModel } from "../model.ts";
import type { ServiceIdentity } from "../service-table.ts";
import { structOf } from "../struct.ts";
import type { Codec, FindError, Labels } from "./codec.ts";
import { serde } from "./serde.ts";
import { memberValues, serializationError } from "./shared.ts";
import { escapeXml } from "./xml.ts";

const EPOCH_SECONDS = 7;
const DATE_TIME = 5;
const HTTP = { http: ["POST", "/", 200] };

/** What an operation needs prepared once: the derived operations that run the client's protocol back to front. */
interface Prepared {
  readonly read: unknown;
  readonly write: unknown;
  readonly labels: readonly (readonly [name: string, schema: NormalizedSchema])[];
  readonly query: readonly (readonly [name: string, key: string, schema: NormalizedSchema])[];
  /** Headers that carry dates, in lower case. */
  readonly dates: readonly (readonly [header: string, schema: NormalizedSchema])[];
  readonly queryParams: string | undefined;
  readonly statusMember: string | undefined;
  /** The XML root of an output that has a body, be it empty. */
  readonly root: string | undefined;
}

/**
 * restJson1 and restXml: the client's own protocol object, with input and output changed places. Labels and query members
 * are read here; they would look like body members to the inverted reader, so its schema leaves them out.
 */
export function restCodec(kind: "json" | "xml", identity: ServiceIdentity, findError: FindError): Codec {
  const protocol = kind === "json"
    ? new AwsRestJsonProtocol({ defaultNamespace: identity.namespace } as never)
    : new AwsRestXmlProtocol({ defaultNamespace: identity.namespace, xmlNamespace: identity.xmlNamespace ?? "" } as never);
  protocol.setSerdeContext(serde as never);
  const scalars = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: kind === "json" ? EPOCH_SECONDS : DATE_TIME }, httpBindings: true });
  scalars.setSerdeContext(serde as never);
  const prepared = new Map<string, Prepared>();
  const prepare = (model: OperationModel): Prepared => {
    let entry = prepared.get(model.name);
    if (!entry) {
      entry = prepareOperation(model);
      prepared.set(model.name, entry);
    }
    return entry;
  };
  return {
    decode: async (model, request, labels) => {
      const plan = prepare(model);
      const input = readUri({ kind, plan, request, labels, scalars });
      try {
        const rest = await protocol.deserializeResponse(plan.read as never, serde as never, {
          statusCode: 200, headers: withoutBadDates(request.headers, plan, scalars), body: request.body,
        } as never);
        for (const [name, value] of Object.entries(rest)) if (name !== "$metadata" && value !== undefined && value !== null) input[name] = value;
      } catch (error) {
        if (error instanceof ServiceError) throw error;
        throw kind === "xml" ? new ServiceError("MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema") : serializationError((error as Error).message);
      }
      return input;
    },
    encode: async (model, output, requestId) => {
      const plan = prepare(model);
      const status = (plan.statusMember !== undefined && (output[plan.statusMember] as number | undefined)) || (model.http?.status ?? 200);
      const written = await protocol.serializeRequest(plan.write as never, output as never, serde as never);
      const headers: Record<string, string> = { ...(written.headers as Record<string, string>) };
      headers[kind === "xml" ? "x-amz-request-id" : "x-amzn-requestid"] = requestId;
      let body = kind === "xml" ? wholeXml(written.body as WireBody, plan, identity) : (written.body as WireBody);
      if (status === 204 || body === undefined || (kind === "json" && body === "{}" && !model.output.isStructSchema())) {
        body = undefined;
        // HeadObject tells the type of what it does not send.
        if (output["ContentType"] === undefined) delete headers["content-type"];
      } else if (written.body === undefined) headers["content-type"] = "application/xml";
      // https://www.rfc-editor.org/rfc/rfc9110#status.206: S3's models know one status only.
      return { status: headers["content-range"] === undefined ? status : 206, headers, body };
    },
    encodeError: (error, requestId) => kind === "json" ? jsonError(error, requestId, findError) : xmlError(error, requestId, findError),
  };
}

function prepareOperation(model: OperationModel): Prepared {
  const inBody = new Map<string, unknown>();
  const labels: [string, NormalizedSchema][] = [];
  const query: [string, string, NormalizedSchema][] = [];
  const dates: [string, NormalizedSchema][] = [];
  let queryParams: string | undefined;
  const schema = model.input;
  if (schema.isStructSchema()) {
    const [, , , , names, refs] = structOf(schema);
    for (const [name, member] of schema.structIterator()) {
      const traits = member.getMergedTraits();
      if (traits["httpLabel"]) labels.push([name, member]);
      else if (traits["httpQuery"]) query.push([name, traits["httpQuery"] as string, member]);
      else if (traits["httpQueryParams"]) queryParams = name;
      else inBody.set(name, refs[names.indexOf(name)]);
      if (traits["httpHeader"] && member.isTimestampSchema()) dates.push([(traits["httpHeader"] as string).toLowerCase(), member]);
    }
  }
  const struct = schema.isStructSchema() ? structOf(schema) : undefined;
  const bodySchema = struct ? [3, struct[1], struct[2], struct[3], [...inBody.keys()], [...inBody.values()]] : "unit";
  const { writeSchema, statusMember } = withoutStatus(model);
  return {
    read: deriveOperation("", model.name, HTTP as never, "unit" as never, bodySchema as never),
    write: deriveOperation("", model.name, HTTP as never, writeSchema as never, "unit" as never),
    labels, query, dates, queryParams, statusMember, root: rootOf(model),
  };
}

const BOUND_ELSEWHERE = ["httpHeader", "httpPrefixHeaders", "httpPayload", "httpResponseCode"];

function rootOf(model: OperationModel): string | undefined {
  if (!model.output.isStructSchema()) return undefined;
  for (const [, member] of model.output.structIterator()) {
    const traits = member.getMergedTraits();
    if (!BOUND_ELSEWHERE.some((trait) => traits[trait as keyof typeof traits] !== undefined)) return (model.output.getMergedTraits()["xmlName"] as string | undefined) ?? structOf(model.output)[2];
  }
  return undefined;
}

/** S3's two oddities: an output without values is an empty root, not nothing; GetBucketLocation's only member is its root. */
function wholeXml(body: WireBody, { root }: Prepared, { xmlNamespace = "" }: ServiceIdentity): WireBody {
  if (root === undefined) return body;
  if (body === undefined) return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="${xmlNamespace}"/>`;
  return root === "LocationConstraint" && typeof body === "string" ? body.replace("><LocationConstraint>", ">").replace("</LocationConstraint></", "</") : body;
}

/** The member bound to the status code is not written to the body. */
function withoutStatus(model: OperationModel): { readonly writeSchema: unknown; readonly statusMember: string | undefined } {
  if (!model.output.isStructSchema()) return { writeSchema: model.outputRef, statusMember: undefined };
  for (const [name, member] of model.output.structIterator()) {
    if (!member.getMergedTraits()["httpResponseCode"]) continue;
    const [, space, own, traits, names, refs] = structOf(model.output);
    const kept = names.map((each, index) => [each, refs[index]] as const).filter(([each]) => each !== name);
    return { writeSchema: [3, space, own, traits, kept.map(([each]) => each), kept.map(([, ref]) => ref)], statusMember: name };
  }
  return { writeSchema: model.outputRef, statusMember: undefined };
}

/** A date that cannot be read is as good as none. https://www.rfc-editor.org/rfc/rfc9110#name-if-modified-since */
function withoutBadDates(given: Readonly<Record<string, string>>, { dates }: Prepared, scalars: FromStringShapeDeserializer): Record<string, string> {
  const headers = { ...given };
  for (const [header, schema] of dates) {
    const text = headers[header];
    if (text === undefined) continue;
    try {
      scalars.read(schema as never, text);
    } catch {
      delete headers[header];
    }
  }
  return headers;
}

const unreadable = (kind: "json" | "xml", key: string): ServiceError => kind === "json"
  ? serializationError("A value in the request's address cannot be read.")
  : new ServiceError("InvalidArgument", 400, `Provided ${key} cannot be read`, { ArgumentName: key });

interface UriReading {
  readonly kind: "json" | "xml";
  readonly plan: Prepared;
  readonly request: WireRequest;
  readonly labels: Labels;
  readonly scalars: FromStringShapeDeserializer;
}

function readUri({ kind, plan, request, labels, scalars }: UriReading): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  let reading = "path";
  try {
    for (const [name, schema] of plan.labels) if (labels[name] !== undefined) input[name] = scalars.read(schema as never, labels[name]);
    if (plan.query.length === 0 && plan.queryParams === undefined) return input;
    const parameters = new URLSearchParams(request.query.replaceAll("+", "%2B"));
    for (const [name, key, schema] of plan.query) {
      const values = parameters.getAll(key);
      const first = values[0];
      if (first === undefined) continue;
      reading = key;
      input[name] = schema.isListSchema() ? values.map((value) => scalars.read(schema.getValueSchema() as never, value)) : scalars.read(schema as never, first);
    }
  } catch {
    throw unreadable(kind, reading);
  }
  return input;
}

function jsonError(error: ServiceError, requestId: string, findError: FindError): WireResponse {
  const model = findError(error.code);
  const headers: Record<string, string> = { "content-type": "application/json", "x-amzn-errortype": error.code, "x-amzn-requestid": requestId };
  const document: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(memberValues(model, error))) {
    const header = model?.schema.getMemberSchemas()[name]?.getMergedTraits()["httpHeader"] as string | undefined;
    if (header) headers[header.toLowerCase()] = String(value);
    else document[name] = value;
  }
  const messageMember = model?.schema.getMemberSchemas()["Message"] ? "Message" : "message";
  document[messageMember] = error.message;
  return { status: model?.status ?? error.status, headers, body: JSON.stringify(document) };
}

function xmlError(error: ServiceError, requestId: string, findError: FindError): WireResponse {
  // S3's errors stand bare, without ErrorResponse, and carry members that the model does not know (BucketName, Key, …).
  const status = findError(error.code)?.status ?? error.status;
  const members = Object.entries(error.members).map(([key, value]) => `<${key}>${escapeXml(String(value))}</${key}>`).join("");
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>${members}<RequestId>${requestId}</RequestId></Error>`;
  return { status: error.status !== 400 ? error.status : status, headers: { "content-type": "application/xml", "x-amz-request-id": requestId }, body };
}
