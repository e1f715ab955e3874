import { checkAction, checkCondition, texts } from "./check-parts.ts";
import { isObject } from "./document.ts";

const FIELDS = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const KINDS = ["AWS", "Service", "Federated", "CanonicalUser"];
const TRUST_ACTIONS = /^sts:(\*|[A-Za-z*?]+)$/i;
const AWS_PRINCIPAL = /^(\*|\d{12}|A(?:ID|RO)A[A-Z0-9]{4,}|arn:[^:]+:(?:iam|sts)::\d{12}:(?:root|user\/.+|role\/.+|assumed-role\/[^/]+\/.+|federated-user\/.+))$/;
const SERVICE_PRINCIPAL = /^[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)$|^\*$/;

/** What is wrong with a statement of a trust or resource policy, in IAM's words. */
export function checkGrantStatement(statement: Readonly<Record<string, unknown>>, kind: "trust" | "resource"): string | undefined {
  const unknown = Object.keys(statement).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return `Unknown field ${unknown}`;
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  if (Effect === undefined) return "Missing required field Effect";
  if (Effect !== "Allow" && Effect !== "Deny") return `Invalid effect: ${JSON.stringify(Effect)}`;
  if (kind === "trust") {
    if (Resource !== undefined) return "Has prohibited field Resource";
    if (NotResource !== undefined) return "Has prohibited field NotResource";
    if (NotPrincipal !== undefined) return "Has prohibited field NotPrincipal";
  }
  if (Principal === undefined && NotPrincipal === undefined) return "Missing required field Principal";
  if (Action === undefined && NotAction === undefined) return "Missing required field Action";
  const actions = texts(Action ?? NotAction);
  if (actions === undefined || actions.some((action) => checkAction(action) !== undefined)) return "Policy has invalid action";
  if (kind === "trust" && !actions.every((action) => TRUST_ACTIONS.test(action))) {
    return "AssumeRole policy may only specify STS AssumeRole actions.";
  }
  // The second of two would be left unread, and it may be the one that narrows.
  if ([[Principal, NotPrincipal], [Action, NotAction], [Resource, NotResource]].some((pair) => pair.every((element) => element !== undefined))) return "Syntax errors in policy.";
  if (kind === "resource" && Resource === undefined && NotResource === undefined) return "Missing required field Resource";
  if (kind === "resource" && texts(Resource ?? NotResource) === undefined) return "Policy has invalid resource";
  return checkPrincipal(Principal ?? NotPrincipal) ?? conditionComplaint(Condition);
}

function conditionComplaint(condition: unknown): string | undefined {
  const complaint = checkCondition(condition);
  if (complaint === undefined) return undefined;
  return complaint.kind === "operator" ? `Invalid Condition type : ${complaint.operator}` : "Syntax errors in policy.";
}

function checkPrincipal(principal: unknown): string | undefined {
  if (principal === "*") return undefined;
  if (!isObject(principal)) return "Invalid principal in policy";
  for (const [kind, value] of Object.entries(principal)) {
    const names = texts(value);
    if (!KINDS.includes(kind) || names === undefined) return "Invalid principal in policy";
    const wrong = names.find((name) => (kind === "AWS" ? !AWS_PRINCIPAL.test(name) : kind === "Service" && !SERVICE_PRINCIPAL.test(name)));
    if (wrong !== undefined) return invalidPrincipal(kind, wrong);
  }
  return undefined;
}

/** AWS shouts the kind: `Invalid principal in policy: "SERVICE":"eks.amazonaws.com.cn"`. */
export const invalidPrincipal = (kind: string, name: string): string => `Invalid principal in policy: "${kind.toUpperCase()}":"${name}"`;
