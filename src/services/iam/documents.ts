import { checkPolicyDocument, type PolicyKind } from "../../decide/iam/index.ts";
import { errors } from "./errors.ts";

/** Throws MalformedPolicyDocument in AWS's words. */
export function requireDocument(text: string | undefined, kind: PolicyKind): string {
  const complaint = checkPolicyDocument(text ?? "", kind);
  if (complaint !== undefined) throw errors.malformedPolicy(complaint);
  return text ?? "";
}

/** IAM gives documents URL-encoded in compliance with RFC 3986 (API_PolicyVersion). */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
