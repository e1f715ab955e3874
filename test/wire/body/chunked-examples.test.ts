import { expect, test } from "vitest";
import { ChunkDecoder } from "../../../src/wire/body/chunk-decoder.ts";
import { signingKey } from "../../../src/wire/signature/keys.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const seed = (signature: string) => ({
  key: signingKey(SECRET, { date: "20130524", region: "us-east-1", service: "s3" }),
  scope: "20130524/us-east-1/s3/aws4_request", timestamp: "20130524T000000Z", signature,
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
const SIGNED = {
  payload: { seed: seed("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"), trailer: false },
  body:
    `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${"a".repeat(65536)}\r\n` +
    `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${"a".repeat(1024)}\r\n` +
    "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n",
};
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
const TRAILER = {
  payload: { seed: seed("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"), trailer: true },
  body:
    `10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n${"a".repeat(65536)}\r\n` +
    `400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n${"a".repeat(1024)}\r\n` +
    "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n" +
    "x-amz-checksum-crc32c:sOO8/Q==\n\r\n" +
    "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
};
const UNSIGNED = {
  payload: { seed: undefined, trailer: true },
  body: `10000\r\n${"a".repeat(65536)}\r\n400\r\n${"a".repeat(1024)}\r\n0\r\nx-amz-checksum-crc32c:sOO8/Q==\r\n\r\n`,
};
type Example = { readonly payload: ConstructorParameters<typeof ChunkDecoder>[0]; readonly body: string };

function decode({ payload, body }: Example, cut: number): { data: string; trailers: Map<string, string> } {
  const decoder = new ChunkDecoder(payload);
  const bytes = Buffer.from(body, "latin1");
  const data: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += cut) data.push(...decoder.push(bytes.subarray(at, at + cut)));
  decoder.finish();
  return { data: Buffer.concat(data).toString("latin1"), trailers: decoder.trailers };
}

const cuts = [1, 2, 3, 7, 83, 1000, 65_536, 1_000_000];
test.each(cuts)("AWS's examples of chunked bodies come out right when cut every %d bytes", (cut) => {
  expect(decode(SIGNED, cut).data).toBe("a".repeat(66_560));
  for (const example of [TRAILER, UNSIGNED]) {
    const { data, trailers } = decode(example, cut);
    expect(data).toBe("a".repeat(66_560));
    expect(trailers.get("x-amz-checksum-crc32c")).toBe("sOO8/Q==");
  }
});

const refusal = (example: Example, change: (body: string) => string): unknown => {
  try {
    decode({ ...example, body: change(example.body) }, 1000);
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "accepted";
};

test.each([
  ["a changed byte in the first chunk", SIGNED, (body: string) => body.replace("\r\na", "\r\nb"), "SignatureDoesNotMatch"],
  ["a changed signature", SIGNED, (body: string) => body.replace("signature=0055", "signature=1055"), "SignatureDoesNotMatch"],
  ["chunks in another order", SIGNED, (body: string) => body.replace(/^(10000;[^]*?\r\n)(400;[^]*?\r\na+\r\n)/, "$2$1"), "SignatureDoesNotMatch"],
  ["a missing last chunk", SIGNED, (body: string) => body.slice(0, body.lastIndexOf("0;chunk")), "IncompleteBody"],
  ["a body cut in a chunk", SIGNED, (body: string) => body.slice(0, 5000), "IncompleteBody"],
  ["a chunk without its signature", SIGNED, (body: string) => body.replace(/;chunk-signature=0055[0-9a-f]*/, ""), "IncompleteBody"],
  ["a size that is no number", UNSIGNED, (body: string) => `zz${body}`, "IncompleteBody"],
  ["an endless size line", UNSIGNED, (body: string) => "1".repeat(10_000) + body, "IncompleteBody"],
  ["a changed trailer", TRAILER, (body: string) => body.replace("sOO8", "sOO9"), "SignatureDoesNotMatch"],
  ["no trailer signature", TRAILER, (body: string) => body.replace(/x-amz-trailer-signature.*\r\n/, ""), "SignatureDoesNotMatch"],
  ["a trailer where none was announced", SIGNED, (body: string) => `${body.slice(0, -2)}x-amz-meta-a:b\r\n\r\n`, "MalformedTrailerError"],
  ["bytes after the end", UNSIGNED, (body: string) => `${body}more`, "MalformedTrailerError"],
  ["a small chunk that is not the last", UNSIGNED, (body: string) => `1\r\na\r\n${body}`, "InvalidChunkSizeError"],
] as const)("%s is refused", (_what, example, change, code) => {
  expect(refusal(example, change)).toBe(code);
});
