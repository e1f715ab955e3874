import { createHash, createHmac } from "node:crypto";

/** A request to be signed. The query must stand in canonical form. */
export interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly service: string;
}

export interface Target {
  readonly host: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

const sha256 = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** A whole HTTP/1.1 request, signed (SigV4), as the bytes that go over the connection: valid for a quarter of an hour. */
export function signedBytes({ method, path, query = "", headers = {}, body = new Uint8Array(), service }: Unsigned, target: Target): Buffer {
  const stamp = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
  const payload = sha256(body);
  const all: Record<string, string> = {
    host: target.host, "x-amz-date": stamp, ...headers,
    ...(service === "s3" && { "x-amz-content-sha256": payload }),
  };
  const names = Object.keys(all).sort();
  const canonical = `${method}\n${path}\n${query}\n${names.map((name) => `${name}:${all[name]}\n`).join("")}\n${names.join(";")}\n${payload}`;
  const scope = `${stamp.slice(0, 8)}/${target.region}/${service}/aws4_request`;
  const key = [stamp.slice(0, 8), target.region, service, "aws4_request"].reduce<string | Buffer>((from, text) => hmac(from, text), `AWS4${target.secretAccessKey}`);
  const signature = createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256(canonical)}`).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${target.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  const lines = [...names.map((name) => `${name}: ${all[name]}`), `authorization: ${authorization}`, `content-length: ${body.length}`, "user-agent: bench"];
  return Buffer.concat([Buffer.from(`${method} ${path}${query && `?${query}`} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`), body]);
}
