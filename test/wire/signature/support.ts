import { fromDate, type Instant } from "../../../src/base/instant.ts";
import { rootPrincipal, type Credentials, type CredentialSource } from "../../../src/wire/principal.ts";
import type { SignatureRequest } from "../../../src/wire/signature/index.ts";

export const at = (iso: string): Instant => fromDate(new Date(iso));

/** Credentials by access key id, as IAM would know them. */
export const keyring = (...known: readonly Omit<Credentials, "principal">[]): CredentialSource => ({
  find: (accessKeyId) => {
    const credentials = known.find((candidate) => candidate.accessKeyId === accessKeyId);
    return credentials && { ...credentials, principal: rootPrincipal("000000000000") };
  },
});

/** The key of AWS's published examples. */
export const EXAMPLE_KEY = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

export const s3Request = (parts: Partial<SignatureRequest>): SignatureRequest =>
  ({ dialect: "s3", method: "GET", path: "/", query: "", headers: {}, services: ["s3"], ...parts });

/** The error that a call throws, for looking at its code and members. */
export function refusalOf(call: () => unknown): Error & { code?: string; status?: number; members?: Record<string, unknown> } {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was refused");
}
