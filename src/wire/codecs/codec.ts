import type { ServiceError } from "../../base/errors.ts";
import type { WireRequest, WireResponse } from "../message.ts";
import type { ErrorModel, OperationModel, ServiceModel } from "../model.ts";
import type { ServiceIdentity } from "../service-table.ts";
import { jsonCodec } from "./json.ts";
import { queryCodec } from "./query.ts";
import { restCodec } from "./rest.ts";

/** One protocol, both ways. `decode` throws a ServiceError when the message cannot be read. */
export interface Codec {
  decode(operation: OperationModel, request: WireRequest, labels: Labels): Promise<Record<string, unknown>>;
  encode(operation: OperationModel, output: Readonly<Record<string, unknown>>, requestId: string): Promise<WireResponse>;
  encodeError(error: ServiceError, requestId: string): WireResponse;
}

/** Path labels found by the router, decoded. */
export type Labels = Readonly<Record<string, string>>;

export type FindError = (code: string) => ErrorModel | undefined;

export function createCodec(identity: ServiceIdentity, model: ServiceModel): Codec {
  const findError: FindError = (code) => model.errors.get(code);
  switch (identity.protocol) {
    case "awsJson1_1": return jsonCodec(findError);
    case "awsQuery": return queryCodec(identity, findError);
    case "restJson1": return restCodec("json", identity, findError);
    case "restXml": return restCodec("xml", identity, findError);
  }
}
