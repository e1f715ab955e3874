import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { expect, test } from "vitest";
import { compilePolicy, contextOf, evaluate, type Caller, type NamedPolicy } from "../../../src/decide/iam/index.ts";
import { seededRandom } from "../../../src/shared/random.ts";
import { generateCase, OTHER, OWN, ROLE, SESSION, USER, type GeneratedCase } from "./generate.ts";

const CASES = 4000;

const callers: Readonly<Record<GeneratedCase["principal"]["kind"], Caller>> = {
  user: { kind: "user", account: OWN, arn: USER, uniqueId: "AIDAEXAMPLE" },
  root: { kind: "root", account: OWN, arn: `arn:aws:iam::${OWN}:root` },
  "role-session": { kind: "role-session", account: OWN, arn: SESSION, roleArn: ROLE, uniqueId: "AROAEXAMPLE" },
};
const FULL_ACCESS = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
const named = (policy: object): NamedPolicy => ({ name: "policy", policy: compilePolicy(JSON.stringify(policy)) });

function decideHere(generated: GeneratedCase): string {
  const decision = evaluate(
    { ...generated, caller: callers[generated.principal.kind], context: contextOf(generated.context) },
    {
      identity: generated.identity.map(named),
      boundary: generated.boundary && named(generated.boundary),
      resource: generated.resourcePolicy && named(generated.resourcePolicy),
      resourceKind: "resource",
    },
  );
  return decision.decision === "allow" ? "Allowed" : decision.why === "explicit" ? "ExplicitlyDenied" : "ImplicitlyDenied";
}

async function decideThere({ principal, action, resource, resourceAccount, context, identity, boundary, resourcePolicy }: GeneratedCase): Promise<string> {
  const simulation: Simulation = {
    request: { principal: callers[principal.kind].arn, action, resource: { resource, accountId: resourceAccount }, contextVariables: { ...context } },
    // The simulator knows no root: its account's full access is spelt out.
    identityPolicies: (principal.kind === "root" ? [FULL_ACCESS] : identity).map((policy, at) => ({ name: String(at), policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy && { resourcePolicy }),
    ...(boundary && { permissionBoundaryPolicies: [{ name: "boundary", policy: boundary }] }),
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === "error") throw new Error(JSON.stringify(result.errors));
  return result.overallResult;
}

/**
 * Where the simulator differs from what AWS documents:
 * - variables in a document of Version 2008-10-17 are plain text (reference_policies_variables);
 * - NotPrincipal with Deny excepts nobody whose account is not named as well (reference_policies_elements_notprincipal).
 */
function isJudgedDifferently({ identity, boundary, resourcePolicy }: GeneratedCase): boolean {
  const texts = [...identity, boundary ?? {}, resourcePolicy ?? {}].map((policy) => JSON.stringify(policy));
  return texts.some((text) => (text.includes("2008-10-17") && text.includes("${")) || (text.includes("NotPrincipal") && text.includes("Deny")));
}

test(`${CASES} generated cases are decided as @cloud-copilot/iam-simulate decides them`, async () => {
  const random = seededRandom(20261121);
  const differences: object[] = [];
  const seen: Record<string, number> = {};
  for (let at = 0; at < CASES; at++) {
    const generated = generateCase(random);
    if (isJudgedDifferently(generated)) continue;
    const here = decideHere(generated);
    seen[here] = (seen[here] ?? 0) + 1;
    const there = await decideThere(generated);
    if (here !== there) differences.push({ here, there, generated });
  }
  expect(differences).toEqual([]);
  // The generator is only worth something when each outcome is met often.
  expect(Math.min(seen["Allowed"] ?? 0, seen["ExplicitlyDenied"] ?? 0, seen["ImplicitlyDenied"] ?? 0)).toBeGreaterThan(200);
});

test("trust policies are decided as the simulator decides them", async () => {
  const trust = (principal: object | string, effect = "Allow"): object =>
    ({ Version: "2012-10-17", Statement: { Effect: effect, Principal: principal, Action: "sts:AssumeRole" } });
  const mayAssume = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" } };
  const principals = [USER, ROLE, SESSION, OWN, OTHER, `arn:aws:iam::${OTHER}:root`, "*"].map((AWS) => ({ AWS }));
  for (const kind of ["user", "role-session"] as const) {
    for (const resourceAccount of [OWN, OTHER]) {
      for (const identity of [[], [mayAssume]]) {
        for (const policy of principals.map((principal) => trust(principal))) {
          const generated: GeneratedCase = {
            principal: { kind, account: OWN }, action: "sts:AssumeRole", resource: `arn:aws:iam::${resourceAccount}:role/Target`,
            resourceAccount, context: {}, identity, boundary: undefined, resourcePolicy: policy,
          };
          const here = evaluate({ ...generated, caller: callers[kind], context: contextOf({}) }, {
            identity: identity.map(named), resource: named(policy), resourceKind: "trust",
          });
          expect({ kind, resourceAccount, identity, policy, decision: here.decision === "allow" ? "Allowed" : "ImplicitlyDenied" })
            .toEqual({ kind, resourceAccount, identity, policy, decision: await decideThere(generated) });
        }
      }
    }
  }
});
