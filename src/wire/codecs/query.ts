import type { WireResponse } from "../message.ts";
import type { ServiceIdentity } from "../service-table.ts";
import type { Codec, FindError } from "./codec.ts";
import { readForm } from "./form.ts";
import { formParameters } from "./form-parameters.ts";
import { memberValues } from "./shared.ts";
import { escapeXml, rootedXml } from "./xml.ts";

const RESPONSE_TYPE = "text/xml";

/** awsQuery: a form in, XML out. Errors carry the short code of the `awsQueryError` trait. */
export function queryCodec(identity: ServiceIdentity, findError: FindError): Codec {
  const write = rootedXml(identity.namespace);
  const response = (status: number, body: string, requestId: string): WireResponse =>
    ({ status, headers: { "content-type": RESPONSE_TYPE, "x-amzn-requestid": requestId }, body });
  const space = identity.xmlNamespace ?? "";
  return {
    decode: async (operation, request) => {
      const parameters = formParameters(request.body as Uint8Array, request.query);
      return readForm(operation.input, parameters);
    },
    encode: async (operation, output, requestId) => {
      const name = operation.name;
      const result = operation.output.isStructSchema() ? write(operation.output, `${name}Result`, output) : "";
      return response(200, `<${name}Response xmlns="${space}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`, requestId);
    },
    encodeError: (error, requestId) => {
      const model = findError(error.code);
      const code = model?.queryCode ?? error.code;
      const status = model?.status ?? error.status;
      const type = status >= 500 ? "Receiver" : "Sender";
      const members = Object.entries(memberValues(model, error)).map(([key, value]) => `<${key}>${escapeXml(String(value))}</${key}>`).join("");
      return response(status, `<ErrorResponse xmlns="${space}"><Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(error.message)}</Message>${members}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`, requestId);
    },
  };
}
