export { openBody, type BodyOptions, type BodyStream } from "./body-stream.ts";
export {
  CHECKSUM_ALGORITHMS, checksumHeader, createChecksum, type Checksum, type ChecksumAlgorithm, type RunningChecksum,
} from "./checksums.ts";
export { decodeContent, decodedHeaders, readBody } from "./read.ts";
