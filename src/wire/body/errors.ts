import { defineErrors } from "../../base/errors.ts";

/** What S3 answers to a body that is not what was promised. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const bodyErrors = defineErrors({
  hashMismatch: {
    code: "XAmzContentSHA256Mismatch", status: 400,
    message: (_client: string, _own: string) => "The provided 'x-amz-content-sha256' header does not match what was computed.",
    members: (client: string, own: string) => ({ ClientComputedContentSHA256: client, S3ComputedContentSHA256: own }),
  },
  invalidMd5: {
    code: "InvalidDigest", status: 400, message: (_value: string) => "The Content-MD5 you specified was invalid.",
    members: (value: string) => ({ "Content-MD5": value }),
  },
  md5Mismatch: {
    code: "BadDigest", status: 400,
    message: (_client: string, _own: string) => "The Content-MD5 you specified did not match what we received.",
    members: (client: string, own: string) => ({ ExpectedDigest: client, CalculatedDigest: own }),
  },
  invalidChecksum: { code: "InvalidRequest", status: 400, message: (header: string) => `Value for ${header} header is invalid.` },
  severalChecksums: {
    code: "InvalidRequest", status: 400,
    message: () => "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
  },
  checksumMissing: {
    code: "InvalidRequest", status: 400,
    message: () => "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
  },
  checksumMismatch: {
    code: "BadDigest", status: 400,
    message: (algorithm: string) => `The ${algorithm} you specified did not match the calculated checksum.`,
  },
  incomplete: {
    code: "IncompleteBody", status: 400,
    message: () => "You did not provide the number of bytes specified by the Content-Length HTTP header",
  },
  terminated: { code: "IncompleteBody", status: 400, message: () => "The request body terminated unexpectedly" },
  missingDecodedLength: { code: "MissingContentLength", status: 411, message: () => "You must provide the Content-Length HTTP header." },
  malformedTrailer: {
    code: "MalformedTrailerError", status: 400,
    message: () => "The request contained trailing data that was not well-formed or did not conform to our published schema.",
  },
  chunkTooSmall: {
    code: "InvalidChunkSizeError", status: 403,
    message: (_chunk: number, _size: number) => "Only the last chunk is allowed to have a size less than 8192 bytes",
    members: (chunk: number, size: number) => ({ Chunk: String(chunk), BadChunkSize: String(size) }),
  },
  chunkSignature: {
    code: "SignatureDoesNotMatch", status: 403,
    message: (_text: string, _given: string) =>
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    members: (text: string, given: string) => ({ StringToSign: text, SignatureProvided: given }),
  },
});
