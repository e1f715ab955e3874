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
  readonly coversAction: (lowerCaseAction: string) => boolean;
  /** Resource and conditions. */
  readonly applies: (resource: CutArn, context: ConditionContext) => boolean;
}

export interface StatementsOfAction {
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
}

export interface CompiledPolicy {
  /** The statements that cover an action, given in lower case. */
  statementsOf(lowerCaseAction: string): StatementsOfAction;
}

/** Actions remembered by a policy; services ask about a few hundred altogether. */
const ACTIONS_KEPT = 1000;

/** Turns a document into functions, once; deciding by them parses nothing. A text that is no policy allows nothing. */
export function compilePolicy(text: string): CompiledPolicy {
  const { version, statements } = readDocument(text);
  const compiled = statements.map((statement, place) => compileStatement(statement, String(place), version === "2012-10-17"));
  const byAction = new Map<string, StatementsOfAction>();
  return {
    statementsOf(action) {
      const known = byAction.get(action);
      if (known !== undefined) return known;
      if (byAction.size >= ACTIONS_KEPT) byAction.clear();
      const covering = compiled.filter((statement) => statement.coversAction(action));
      const found = { allows: covering.filter(({ effect }) => effect === "Allow"), denies: covering.filter(({ effect }) => effect === "Deny") };
      byAction.set(action, found);
      return found;
    },
  };
}

function compileStatement(statement: Statement, place: string, variables: boolean): CompiledStatement {
  const resources = compileResourceElements(statement, variables);
  const condition = compileConditions(statement.condition, variables);
  return {
    name: statement.sid ?? place,
    effect: statement.effect,
    names: statement.principal !== undefined ? compilePrincipal(statement.principal)
      : statement.notPrincipal !== undefined ? compileNotPrincipal(statement.notPrincipal, statement.effect)
      : () => "direct",
    coversAction: compileActionElements(statement),
    applies: (resource, context) => resources(resource, context) && condition(context),
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
