import type { ConditionContext } from "../decide/iam/index.ts";
import type { Clock } from "../shared/clock.ts";
import type { AccessCircumstances, AccessRequest } from "../wire/access.ts";
import type { Principal } from "../wire/principal.ts";

interface Facts {
  readonly principal: Principal;
  readonly request: AccessRequest;
  readonly circumstances: AccessCircumstances;
  /** Of the user, or of the role behind the session. */
  readonly tags: Readonly<Record<string, string>>;
  readonly clock: Clock;
}
type Value = string | readonly string[] | undefined;

/** Services without regions answer from one. */
const GLOBAL_SERVICES: readonly string[] = ["iam"];
const GLOBAL_REGION = "us-east-1";

/**
 * The global condition keys, in lower case, worked out when a policy asks for them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const GLOBAL_KEYS: ReadonlyMap<string, (facts: Facts) => Value> = new Map(Object.entries<(facts: Facts) => Value>({
  "aws:principalarn": ({ principal }) => (principal.kind === "assumed-role" ? principal.roleArn : principal.kind === "user" || principal.kind === "root" ? principal.arn : undefined),
  "aws:principalaccount": ({ principal }) => (principal.kind === "service" || principal.kind === "anonymous" ? undefined : principal.account),
  "aws:principaltype": ({ principal }) => PRINCIPAL_TYPES[principal.kind],
  "aws:principalisawsservice": ({ principal }) => String(principal.kind === "service"),
  "aws:principalservicename": ({ principal }) => (principal.kind === "service" ? principal.service : undefined),
  "aws:principalservicenameslist": ({ principal }) => (principal.kind === "service" ? [principal.service] : undefined),
  "aws:userid": ({ principal }) => {
    switch (principal.kind) {
      case "root": return principal.account;
      case "user": return principal.userId;
      case "assumed-role": return `${principal.roleId}:${principal.sessionName}`;
      case "anonymous": return "anonymous";
      case "service": return undefined;
    }
  },
  "aws:username": ({ principal }) => (principal.kind === "user" ? principal.userName : undefined),
  "aws:tokenissuetime": ({ principal }) => (principal.kind === "assumed-role" ? isoSeconds(principal.issued) : undefined),
  "aws:sourceidentity": ({ principal }) => (principal.kind === "assumed-role" ? principal.sourceIdentity : undefined),
  // Present for temporary credentials only, and there are no MFA devices here.
  "aws:multifactorauthpresent": ({ principal }) => ("accessKeyId" in principal && principal.accessKeyId?.startsWith("ASIA") === true ? "false" : undefined),
  "aws:sourceip": ({ circumstances }) => (circumstances.viaService ? undefined : circumstances.sourceIp),
  "aws:securetransport": ({ circumstances }) => String(circumstances.secureTransport),
  "aws:useragent": ({ circumstances }) => circumstances.userAgent || undefined,
  "aws:currenttime": ({ clock }) => isoSeconds(clock.now()),
  "aws:epochtime": ({ clock }) => String(Math.floor(clock.now() / 1000)),
  "aws:requestedregion": ({ circumstances: { service, region } }) => (GLOBAL_SERVICES.includes(service) ? GLOBAL_REGION : region),
  "aws:viaawsservice": ({ circumstances }) => String(circumstances.viaService),
  "aws:calledvia": ({ circumstances }) => circumstances.calledVia,
  "aws:calledviafirst": ({ circumstances }) => circumstances.calledVia?.at(0),
  "aws:calledvialast": ({ circumstances }) => circumstances.calledVia?.at(-1),
  "aws:sourceaccount": ({ principal }) => (principal.kind === "service" ? principal.account : undefined),
  "aws:sourcearn": ({ principal }) => (principal.kind === "service" ? principal.sourceArn : undefined),
  "aws:resourceaccount": ({ principal, request }) => request.resourceAccount ?? principal.account,
}));

const PRINCIPAL_TYPES: Readonly<Record<Principal["kind"], string | undefined>> = {
  root: "Account", user: "User", "assumed-role": "AssumedRole", anonymous: "Anonymous", service: undefined,
};

const PRINCIPAL_TAG = "aws:principaltag/";
const RESOURCE_TAG = "resourcetag/";

/** What policies may ask about a request: what the operation says of itself first, then the global keys. */
export function conditionContext(facts: Facts): ConditionContext {
  const { principal, request, tags } = facts;
  let own: ReadonlyMap<string, string | readonly string[]> | undefined;
  return {
    get(key) {
      own ??= new Map(Object.entries(request.conditions ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
      const stated = own.get(key);
      if (stated !== undefined) return stated;
      const known = GLOBAL_KEYS.get(key);
      if (known !== undefined) return known(facts);
      if (key.startsWith(PRINCIPAL_TAG)) {
        // A session's own tags stand before the role's.
        const name = key.slice(PRINCIPAL_TAG.length);
        return (principal.kind === "assumed-role" ? tagNamed(principal.tags, name) : undefined) ?? tagNamed(tags, name);
      }
      const service = key.slice(0, key.indexOf(":") + 1);
      if (key.startsWith(RESOURCE_TAG, service.length)) {
        const mine = service === "aws:" || request.action.toLowerCase().startsWith(service);
        return mine ? tagNamed(request.resourceTags ?? {}, key.slice(service.length + RESOURCE_TAG.length)) : undefined;
      }
      return undefined;
    },
  };
}

function tagNamed(tags: Readonly<Record<string, string>>, lowerCaseName: string): string | undefined {
  for (const name in tags) if (name.toLowerCase() === lowerCaseName) return tags[name];
  return undefined;
}

const isoSeconds = (moment: number): string => `${new Date(moment).toISOString().slice(0, 19)}Z`;
