import { checkPolicyDocument } from "../../../decide/iam/index.ts";
import { errors } from "../errors.ts";
import { MAX_POLICY_BYTES } from "../limits.ts";
import { bucketArn } from "./record.ts";

/** What is looked at here of a policy's statement; IAM's own grammar is checked before. */
interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function statementsOf(text: string): readonly Statement[] {
  const document = JSON.parse(text) as { readonly Statement?: unknown };
  return listOf(document.Statement) as readonly Statement[];
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return text.startsWith("{");
  } catch {
    return false;
  }
};

/** IAM's grammar, and what S3 asks beyond it. Throws MalformedPolicy in AWS's words. */
export function checkBucketPolicy(text: string, bucket: string): void {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) throw errors.malformedPolicy("Policy size must be less than or equal to 20480 bytes.");
  if (!isJson(text)) throw errors.malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  const complaint = checkPolicyDocument(text, "resource");
  const [, wrong] = /^Invalid principal in policy: (.*)$/s.exec(complaint ?? "") ?? [];
  if (wrong !== undefined) throw errors.invalidPrincipal(wrong);
  if (complaint !== undefined) throw errors.malformedPolicy(complaint);
  for (const statement of statementsOf(text)) {
    const resources = [...listOf(statement.Resource), ...listOf(statement.NotResource)].filter((each) => typeof each === "string");
    if (!resources.every((resource) => isWithin(resource, bucketArn(bucket)))) throw errors.malformedPolicy("Policy has invalid resource");
    if (!actionsApply(statement)) throw errors.malformedPolicy("Action does not apply to any resource(s) in statement");
  }
}

const isWithin = (resource: string, arn: string): boolean =>
  resource === arn || resource.startsWith(`${arn}/`) || wildcardReaches(resource, arn);

const OBJECT_ACTION = /^s3:((Get|Put|Delete|Restore|Replicate)Object|AbortMultipartUpload$|ListMultipartUploadParts$|BypassGovernance)/i;

/** Each action stands beside a resource of its kind: objects have a slash in their ARN. Patterns may be either. */
function actionsApply({ Action, Resource }: Statement): boolean {
  const resources = listOf(Resource).filter((each) => typeof each === "string");
  if (resources.length === 0) return true;
  return listOf(Action).every((action) => {
    if (typeof action !== "string" || /[*?]/.test(action)) return true;
    const ofObjects = OBJECT_ACTION.test(action);
    return resources.some((resource) => (ofObjects ? /[/*]/.test(resource) : !resource.includes("/")));
  });
}

/** `arn:aws:s3:::pho*` is a resource of the bucket photos. */
function wildcardReaches(pattern: string, arn: string): boolean {
  const literal = /^[^*?]*/.exec(pattern)?.[0] ?? "";
  return literal.length < pattern.length && arn.startsWith(literal) && pattern.startsWith("arn:aws:s3:::");
}

const FIXING_KEYS = [
  "aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceaccount", "aws:sourceowner", "aws:userid",
  "aws:principalorgid", "aws:principalaccount", "aws:principalarn", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointarn",
];

const isEverybody = (principal: unknown): boolean =>
  principal === "*" ||
  (typeof principal === "object" && principal !== null && Object.entries(principal).some(([kind, names]) => kind.toLowerCase() === "aws" && listOf(names).includes("*")));

/**
 * Operators that hold a key to the values they name. Not those that hold of every value but some (negated, ordered), nor of a
 * request without the key (`…IfExists`, `ForAllValues:`, `Null`). The grammar takes their names in any case.
 */
const FIXING_OPERATOR = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i;

/** S3 takes ranges broader than /8 (IPv4) and /32 (IPv6) for everybody: two halves are the whole. */
function isNarrow(range: string): boolean {
  const [address = "", bits] = range.split("/");
  return bits === undefined || Number(bits) >= (address.includes(":") ? 32 : 8);
}

/** Neither a wildcard nor a policy variable: those a caller may fill. */
const isFixedValue = (key: string, value: string): boolean => !/[*?]|\$\{/.test(value) && (key !== "aws:sourceip" || isNarrow(value));

/** One of the keys that narrow access, held to fixed values. */
const isFixed = ({ Condition = {} }: Statement): boolean =>
  Object.entries(Condition).some(([operator, keys]) =>
    FIXING_OPERATOR.test(operator) &&
    Object.entries(keys).some(([key, values]) => FIXING_KEYS.includes(key.toLowerCase()) && listOf(values).every((value) => isFixedValue(key.toLowerCase(), String(value)))));

/**
 * Does it let everybody in? By the rules of Block Public Access.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export const isPublicPolicy = (text: string): boolean =>
  statementsOf(text).some((statement) => statement.Effect === "Allow" && (isEverybody(statement.Principal) || statement.NotPrincipal !== undefined) && !isFixed(statement));
