import { errors } from "../errors.ts";
import { MAX_POLICY_BYTES } from "../limits.ts";

/** One statement of a function's resource policy, as it stands in the document. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: "*" | { readonly AWS: string } | { readonly Service: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The policy as JSON; undefined when nobody was given anything. */
export const policyDocument = (statements: readonly Statement[]): string | undefined =>
  statements.length === 0 ? undefined : JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });

export interface Grant {
  readonly sid: string;
  readonly action: string;
  readonly principal: string;
  readonly resource: string;
  readonly sourceArn?: string | undefined;
  readonly sourceAccount?: string | undefined;
  readonly organization?: string | undefined;
  readonly eventSourceToken?: string | undefined;
  readonly urlAuthType?: string | undefined;
  readonly viaUrl?: boolean | undefined;
}

/** The statement that AddPermission writes. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function statementOf(grant: Grant): Statement {
  const equals = {
    ...(grant.sourceAccount === undefined ? {} : { "AWS:SourceAccount": grant.sourceAccount }),
    ...(grant.organization === undefined ? {} : { "aws:PrincipalOrgID": grant.organization }),
    ...(grant.eventSourceToken === undefined ? {} : { "lambda:EventSourceToken": grant.eventSourceToken }),
    ...(grant.urlAuthType === undefined ? {} : { "lambda:FunctionUrlAuthType": grant.urlAuthType }),
  };
  const condition = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(grant.viaUrl === true ? { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } : {}),
    ...(grant.sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": grant.sourceArn } }),
  };
  return {
    Sid: grant.sid, Effect: "Allow", Principal: principalOf(grant.principal), Action: grant.action, Resource: grant.resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function principalOf(text: string): Statement["Principal"] {
  if (text === "*") return "*";
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  if (text.startsWith("arn:")) return { AWS: text };
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text)) return { Service: text };
  throw errors.invalid("The provided principal was invalid. Please check the principal and try again.");
}

/** Throws AWS's errors for a statement id that is taken and a policy that would grow too long. */
export function addStatement(statements: readonly Statement[], statement: Statement): readonly Statement[] {
  if (statements.some(({ Sid }) => Sid === statement.Sid)) throw errors.statementExists(statement.Sid);
  const next = [...statements, statement];
  const bytes = Buffer.byteLength(policyDocument(next) ?? "");
  if (bytes > MAX_POLICY_BYTES) throw errors.policyTooLong(bytes, MAX_POLICY_BYTES);
  return next;
}

/** Throws ResourceNotFoundException when no statement has the id. */
export function removeStatement(statements: readonly Statement[], sid: string): readonly Statement[] {
  const next = statements.filter(({ Sid }) => Sid !== sid);
  if (next.length === statements.length) throw errors.statementNotFound(sid);
  return next;
}
