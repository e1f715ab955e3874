import type { LoadedService } from "../../../src/wire/registry.ts";
import { SERVICE_IDENTITIES } from "../../../src/wire/service-table.ts";
import type { RawRequest } from "./sign.ts";

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
type Sdk = Readonly<Record<string, new (argument: object) => unknown>>;

const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** What the SDK's own client would send for inputs, kept back before it is sent. */
export function createRequestMaker(service: LoadedService, sdk: Sdk): (operation: string, input: object) => Promise<RawRequest | undefined> {
  const ClientClass = sdk[Object.keys(sdk).find((name) => /^[A-Z]\w*Client$/.test(name)) ?? ""];
  if (!ClientClass) throw new Error(`no client in the SDK of ${service.id}`);
  let kept: Outgoing | undefined;
  const client = new ClientClass({
    endpoint: "http://127.0.0.1:4566", region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" }, maxAttempts: 1, forcePathStyle: true, disableHostPrefix: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    requestHandler: {
      handle: (request: Outgoing) => {
        kept = request;
        return Promise.reject(new Error("kept back"));
      },
    },
  }) as { send(command: object): Promise<unknown> };
  return async (operation, input) => {
    const Command = sdk[`${operation}Command`];
    if (!Command) return undefined;
    kept = undefined;
    await client.send(new Command(input) as object).catch(() => undefined);
    return kept && toRaw(kept);
  };
}

function toRaw({ method, path, query = {}, headers, body }: Outgoing): RawRequest {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === null ? [encode(name)] : [value].flat().map((each) => `${encode(name)}=${encode(each)}`)));
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  // The signature is made anew, over what the request has become.
  for (const name of ["authorization", "x-amz-date", "x-amz-content-sha256", "content-length", "amz-sdk-invocation-id", "amz-sdk-request"]) delete lower[name];
  const bytes = body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : Buffer.from(typeof body === "string" ? body : "");
  return { method, path, query: pairs.join("&"), headers: lower, body: bytes };
}

export const signingNameOf = (service: LoadedService): string => SERVICE_IDENTITIES[service.id].signingName;
