import { JsonCodec } from "@smithy/core/protocols";
import { ServiceError } from "../../base/errors.ts";
import type { WireResponse } from "../message.ts";
import type { OperationModel } from "../model.ts";
import type { Codec, FindError } from "./codec.ts";
import { serde } from "./serde.ts";
import { memberValues, serializationError } from "./shared.ts";

const EPOCH_SECONDS = 7; // the schema number of the epoch-seconds timestamp format
const CONTENT_TYPE = "application/x-amz-json-1.1";

/** awsJson 1.1: the operation is in `X-Amz-Target`, everything else in one JSON document. */
export function jsonCodec(findError: FindError): Codec {
  const codec = new JsonCodec({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false });
  codec.setSerdeContext(serde as never);
  const reader = codec.createDeserializer();
  const writer = codec.createSerializer();
  const response = (status: number, body: string, requestId: string): WireResponse =>
    ({ status, headers: { "content-type": CONTENT_TYPE, "x-amzn-requestid": requestId }, body });
  return {
    decode: async (operation, request) => readJson(request.body as Uint8Array, (document) => reader.readObject(operation.input, document as never) as Record<string, unknown>),
    encode: async (operation: OperationModel, output, requestId) => {
      // Operations without an output answer with an empty body; the serializer would pass whatever it is given through.
      if (operation.output.isUnitSchema()) return response(200, "", requestId);
      // write and flush run to completion together, so one serializer serves all requests.
      writer.write(operation.output, output);
      return response(200, (writer.flush() as string | undefined) ?? "{}", requestId);
    },
    encodeError: (error, requestId) => {
      const modelled = findError(error.code);
      const document = { __type: error.code, ...memberValues(modelled, error), message: error.message, Message: undefined as string | undefined };
      // SageMaker's modelled errors name their text `Message`; everything else, and every unmodelled one, `message`.
      if (modelled && modelled.schema.getMemberSchemas()["Message"]) document.Message = error.message;
      return response(modelled?.status ?? error.status, JSON.stringify(document), requestId);
    },
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Parses a JSON object and reads it by a schema. An empty body stands for no members. */
export function readJson(body: Uint8Array, read: (document: Record<string, unknown>) => Record<string, unknown>): Record<string, unknown> {
  let document: unknown;
  try {
    document = body.length === 0 ? {} : JSON.parse(utf8.decode(body));
  } catch {
    throw serializationError("The request body is not valid JSON.");
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw serializationError("Start of structure or map found where not expected.");
  }
  try {
    return read(document as Record<string, unknown>);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw serializationError((error as Error).message);
  }
}
