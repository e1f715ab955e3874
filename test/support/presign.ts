import { createHash, createHmac } from "node:crypto";

export interface PresignRequest {
  readonly endpoint: string;
  readonly method: "GET" | "PUT" | "HEAD" | "DELETE" | "POST";
  /** `/bucket/key`, not encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly expiresSeconds?: number;
  readonly now?: Date;
}

const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** A presigned S3 URL of `test`/`test`. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export function presign({ endpoint, method, path, query = {}, region = "us-east-1", expiresSeconds = 900, now = new Date(Date.now()) }: PresignRequest): string {
  const time = now.toISOString().replace(/[:-]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const parameters = Object.entries({
    ...query, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": `test/${scope}`, "X-Amz-Date": time,
    "X-Amz-Expires": String(expiresSeconds), "X-Amz-SignedHeaders": "host",
  }).map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join("&");
  const canonicalPath = path.split("/").map(encode).join("/");
  const canonical = [method, canonicalPath, parameters, `host:${new URL(endpoint).host}\n`, "host", "UNSIGNED-PAYLOAD"].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = hmac(hmac(hmac(hmac("AWS4test", time.slice(0, 8)), region), "s3"), "aws4_request");
  return `${endpoint}${canonicalPath}?${parameters}&X-Amz-Signature=${hmac(key, toSign).toString("hex")}`;
}
