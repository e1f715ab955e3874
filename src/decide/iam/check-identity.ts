import { checkAction, checkCondition, texts } from "./check-parts.ts";

const FIELDS = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const LEGACY = "The policy failed legacy parsing";
const ARN_FIELDS = 6;
const PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "*"];

/** The kinds of resources in ARNs of IAM itself. */
const IAM_PATHS = [
  "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/", "sms-mfa/",
  "saml-provider/", "oidc-provider/", "report/", "access-report/",
];

/** What is wrong with a statement, by the stage at which IAM says so. */
export interface IdentityFindings {
  readonly syntax: boolean;
  readonly legacy?: string | undefined;
  readonly complaint?: string | undefined;
}

export function checkIdentityStatement(statement: Readonly<Record<string, unknown>>): IdentityFindings {
  if (!wellFormed(statement)) return { syntax: true };
  const condition = checkCondition(statement["Condition"]);
  if (condition?.kind === "form" || condition?.kind === "operator") return { syntax: true };
  const resources = [...(texts(statement["Resource"]) ?? []), ...(texts(statement["NotResource"]) ?? [])];
  const actions = [...(texts(statement["Action"]) ?? []), ...(texts(statement["NotAction"]) ?? [])];
  const incomplete = resources.some((resource) => resource.startsWith("arn:") && resource.split(":").length < ARN_FIELDS && !resource.endsWith("*"));
  return {
    syntax: false,
    legacy: condition !== undefined || incomplete ? LEGACY : undefined,
    complaint: statement["Principal"] !== undefined || statement["NotPrincipal"] !== undefined ? "Policy document should not specify a principal."
      : actions.length === 0 ? "Policy statement must contain actions."
      : first(resources, checkResource)
        ?? first(actions, checkAction)
        ?? (resources.length === 0 ? "Policy statement must contain resources." : undefined),
  };
}

const first = <T>(list: readonly T[], check: (each: T) => string | undefined): string | undefined => {
  for (const each of list) {
    const complaint = check(each);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
};

function wellFormed(statement: Readonly<Record<string, unknown>>): boolean {
  const { Sid, Effect, Action, NotAction, Resource, NotResource } = statement;
  return Object.keys(statement).every((key) => FIELDS.includes(key))
    && (Effect === "Allow" || Effect === "Deny")
    && (Sid === undefined || typeof Sid === "string")
    && (Action === undefined || NotAction === undefined)
    && (Resource === undefined || NotResource === undefined)
    && [Action, NotAction, Resource, NotResource].every((value) => value === undefined || isTextOrList(value));
}

const isTextOrList = (value: unknown): boolean =>
  typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"));

function checkResource(resource: string): string | undefined {
  if (/^\*+$/.test(resource)) return undefined;
  if (!resource.startsWith("arn:")) return `Resource ${resource} must be in ARN format or "*".`;
  const [, partition = "", service = "", region = "", , ...rest] = resource.replaceAll(/\$\{[^{}]*\}/g, "").split(":");
  if (!PARTITIONS.includes(partition)) return `Partition "${partition}" is not valid for resource "${resource}".`;
  const path = rest.join(":");
  if (service === "iam" && region !== "" && region !== "*") return `IAM resource ${resource} cannot contain region information.`;
  if (service === "iam" && path !== "*" && path !== "root" && !/[*?]/.test(path.slice(0, path.indexOf("/") + 1 || undefined)) && !IAM_PATHS.some((prefix) => path.startsWith(prefix))) {
    return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
  }
  return undefined;
}
