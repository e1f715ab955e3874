import { checkIdentityStatement } from "./check-identity.ts";
import { checkGrantStatement } from "./check-grant.ts";
import { isObject, parseJson } from "./document.ts";
import { hasDuplicateKeys } from "./json.ts";

/**
 * Where a document is to stand. `managed` and `inline` and `session` policies belong to identities; `trust` stands on a
 * role and `resource` on anything else.
 */
export type PolicyKind = "managed" | "inline" | "session" | "trust" | "resource";

const VERSIONS: readonly unknown[] = ["2008-10-17", "2012-10-17"];
const SID = /^[0-9A-Za-z]*$/;

/**
 * AWS's complaint about a policy document, or undefined when it is well formed. IAM words the same mistake differently
 * for identity policies and for those with principals, and names only the first.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function checkPolicyDocument(text: string, kind: PolicyKind): string | undefined {
  return kind === "trust" || kind === "resource" ? checkGrant(text, kind) : checkIdentity(text, kind);
}

const SYNTAX = "Syntax errors in policy.";

function checkIdentity(text: string, kind: PolicyKind): string | undefined {
  const json = parseJson(text);
  if (!isObject(json) || hasDuplicateKeys(text) || !onlyHas(json, ["Version", "Id", "Statement"])) return SYNTAX;
  if (json["Version"] !== undefined && !VERSIONS.includes(json["Version"])) return SYNTAX;
  if (json["Id"] !== undefined && typeof json["Id"] !== "string") return SYNTAX;
  const statements = statementsOf(json);
  if (statements === undefined || statements.length === 0) return SYNTAX;
  const found = statements.map(checkIdentityStatement);
  if (found.some(({ syntax }) => syntax)) return SYNTAX;
  // Managed policies are younger than the old language (AWS accepts it in inline ones, where Version may be absent).
  if (kind === "managed" && json["Version"] !== "2012-10-17") return "Policy document must be version 2012-10-17 or greater.";
  return found.find(({ legacy }) => legacy !== undefined)?.legacy
    ?? checkSids(statements)
    ?? found.find(({ complaint }) => complaint !== undefined)?.complaint;
}

function checkGrant(text: string, kind: "trust" | "resource"): string | undefined {
  const json = parseJson(text);
  if (!isObject(json) || hasDuplicateKeys(text)) return "This policy contains invalid Json";
  const unknown = Object.keys(json).find((key) => !["Version", "Id", "Statement"].includes(key));
  if (unknown !== undefined) return `Unknown field ${unknown}`;
  if (json["Version"] !== undefined && !VERSIONS.includes(json["Version"])) return "The policy must contain a valid version string";
  if (json["Statement"] === undefined) return "Missing required field Statement";
  const statements = statementsOf(json);
  if (statements === undefined) return SYNTAX;
  if (statements.length === 0) return "Could not parse the policy: Statement is empty!";
  for (const statement of statements) {
    const complaint = checkGrantStatement(statement, kind);
    if (complaint !== undefined) return complaint;
  }
  return checkSids(statements);
}

export const onlyHas = (json: Readonly<Record<string, unknown>>, allowed: readonly string[]): boolean =>
  Object.keys(json).every((key) => allowed.includes(key));

function statementsOf(json: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] | undefined {
  const list: readonly unknown[] = Array.isArray(json["Statement"]) ? json["Statement"] : [json["Statement"]];
  return list.every(isObject) ? list : undefined;
}

function checkSids(statements: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  const sids = statements.map((statement) => statement["Sid"]).filter((sid) => typeof sid === "string" && sid !== "");
  if (!sids.every((sid) => SID.test(sid as string))) {
    return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
  }
  return new Set(sids).size < sids.length ? "Statement IDs (SID) in a single policy must be unique." : undefined;
}
