export { authenticate, claimsSignature } from "./authenticate.ts";
export { collectHeaders } from "./headers.ts";
export { anonymousPayload, EMPTY_SHA256 } from "./payload.ts";
export { refusals, type Refusals } from "./refusals.ts";
export type { Authenticated, ChunkSeed, Dialect, SignatureRequest, SignedPayload } from "./types.ts";
