import { compileActions, type ActionMatch } from "./actions.ts";
import { compileResourcePattern, type ArnMatch, type CutArn } from "./arn-pattern.ts";
import { compileConditions } from "./conditions.ts";
import type { ConditionContext } from "./context.ts";
import { readDocument, type Statement } from "./document.ts";
import { compileNotPrincipal, compilePrincipal, type Caller, type Naming } from "./principals.ts";

export interface CompiledStatement {
  /** The statement's Sid, or its place in the document. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  /** How the statement names the caller; "direct" in policies without principals. */
  readonly names: (caller: Caller) => Naming;
  /** Action, resource and conditions; the action in lower case. */
  readonly applies: (action: string, resource: CutArn, context: ConditionContext) => boolean;
}

export interface CompiledPolicy {
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
}

/** Turns a document into functions, once; deciding by them parses nothing. A text that is no policy allows nothing. */
export function compilePolicy(text: string): CompiledPolicy {
  const { version, statements } = readDocument(text);
  const compiled = statements.map((statement, place) => compileStatement(statement, String(place), version === "2012-10-17"));
  return {
    allows: compiled.filter(({ effect }) => effect === "Allow"),
    denies: compiled.filter(({ effect }) => effect === "Deny"),
  };
}

function compileStatement(statement: Statement, place: string, variables: boolean): CompiledStatement {
  const actions = compileActionElements(statement);
  const resources = compileResourceElements(statement, variables);
  const condition = compileConditions(statement.condition, variables);
  return {
    name: statement.sid ?? place,
    effect: statement.effect,
    names: statement.principal !== undefined ? compilePrincipal(statement.principal)
      : statement.notPrincipal !== undefined ? compileNotPrincipal(statement.notPrincipal, statement.effect)
      : () => "direct",
    applies: (action, resource, context) => actions(action) && resources(resource, context) && condition(context),
  };
}

function compileActionElements({ action, notAction }: Statement): ActionMatch {
  if (action !== undefined) return compileActions(action);
  if (notAction === undefined) return () => false;
  const listed = compileActions(notAction);
  return (name) => !listed(name);
}

/** Trust policies have no resource: they stand on the one they speak of. */
function compileResourceElements({ resource, notResource }: Statement, variables: boolean): (arn: CutArn, context: ConditionContext) => boolean {
  if (resource !== undefined) {
    const patterns = resource.map((pattern): ArnMatch => compileResourcePattern(pattern, variables));
    return (arn, context) => patterns.some((matches) => matches(arn, context) === true);
  }
  if (notResource === undefined) return () => true;
  const patterns = notResource.map((pattern): ArnMatch => compileResourcePattern(pattern, variables));
  // A variable without a value makes the whole statement invalid, so it covers nothing.
  return (arn, context) => patterns.every((matches) => matches(arn, context) === false);
}

/** Compiled policies by their text, so that a change of policy is a new text and a policy is parsed once. */
export function createPolicyCache(limit: number): (text: string) => CompiledPolicy {
  const compiled = new Map<string, CompiledPolicy>();
  return (text) => {
    const known = compiled.get(text);
    if (known !== undefined) return known;
    // The oldest goes first; one that is still used comes back at the price of one parse.
    for (const oldest of compiled.size >= limit ? compiled.keys() : []) {
      compiled.delete(oldest);
      break;
    }
    const fresh = compilePolicy(text);
    compiled.set(text, fresh);
    return fresh;
  };
}
