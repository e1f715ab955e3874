import type { KeyObject } from "node:crypto";
import type { Instant } from "../../base/instant.ts";
import type { Credentials } from "../principal.ts";

/** Whose error codes and wording a refusal takes: S3's, awsJson's, awsQuery's (IAM, STS) or restJson1's (Lambda). */
export type Dialect = "s3" | "json" | "query" | "rest-json";

/** An HTTP request as the signature sees it. */
export interface SignatureRequest {
  readonly dialect: Dialect;
  readonly method: string;
  /** As it stood in the request line: undecoded, without the query. */
  readonly path: string;
  /** As it stood in the request line: undecoded, without `?`. */
  readonly query: string;
  /** Lower-case names; duplicates joined by commas (`collectHeaders`). */
  readonly headers: Readonly<Record<string, string>>;
  /** Signing names that may stand in the credential scope; any when absent. */
  readonly services?: readonly string[];
  /** The whole body, of which services other than S3 sign the hash. Not read for S3. */
  readonly body?: Uint8Array;
  /** The bucket that the host names (virtual-host style): SigV2 signs it. */
  readonly bucket?: string | undefined;
}

/** What signs the chunks of a body: each chunk's signature continues from the one before it. */
export interface ChunkSeed {
  readonly key: KeyObject;
  /** `date/region/service/aws4_request` */
  readonly scope: string;
  readonly timestamp: string;
  /** The request's own signature, in lower-case hexadecimal. */
  readonly signature: string;
}

/** What the signature says about the body, for the body's reader to hold it to. */
export type SignedPayload =
  | { readonly kind: "hash"; readonly sha256: string }
  | { readonly kind: "unsigned" }
  | { readonly kind: "chunked"; readonly seed: ChunkSeed | undefined; readonly trailer: boolean };

export type Authenticated =
  | { readonly kind: "anonymous" }
  | {
      readonly kind: "signed";
      readonly credentials: Credentials;
      readonly accessKeyId: string;
      /** SigV2 carries no scope: date, region and service are then empty. */
      readonly scope: { readonly date: string; readonly region: string; readonly service: string };
      readonly payload: SignedPayload;
      /** Signed in the query (a presigned URL), so its parameters are not the operation's. */
      readonly presigned: boolean;
      /** For the condition keys `s3:signatureversion` and `s3:authType`. */
      readonly version: "AWS" | "AWS4-HMAC-SHA256";
      readonly signedAt: Instant | undefined;
    };

/** What a request claims before anything is checked. */
export interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** ISO 8601 basic form, e.g. `20130524T000000Z`. */
  readonly timestamp: string;
  readonly moment: Instant;
  readonly token: string | undefined;
  readonly presigned: boolean;
  /** Seconds a presigned URL lives. */
  readonly expiresSeconds: number | undefined;
}
