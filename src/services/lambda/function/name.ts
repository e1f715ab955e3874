import { formatArn } from "../../../base/arn.ts";
import { errors } from "../errors.ts";
import { MAX_NAME_CHARACTERS } from "../limits.ts";

/** A function as a caller named it. */
export interface FunctionName {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Without qualifier. */
  readonly arn: string;
  /** `$LATEST`, a version or an alias; undefined when none was given. */
  readonly qualifier: string | undefined;
  /** The ARN as named, qualifier included: what IAM is asked about and what the handler's context shows. */
  readonly qualifiedArn: string;
}

// A name, `name:qualifier`, a partial ARN `account:function:name[:qualifier]` or a whole one (API_Invoke, FunctionName).
const FORM = /^(?:arn:aws[a-zA-Z-]*:lambda:([a-z0-9-]+):)?(?:(\d{12}):function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Reads the forms in which a function may be named; the shape itself was validated before. Throws AWS's errors for another Region and for two qualifiers that disagree. */
export function parseFunctionName(text: string | undefined, here: { readonly account: string; readonly region: string }, qualifier?: string): FunctionName {
  const [, region = here.region, account = here.account, name = "", own] = FORM.exec(text ?? "") ?? [];
  if (name === "") throw errors.invalid(`Invalid function name: ${text ?? ""}`);
  if (name.length > MAX_NAME_CHARACTERS) throw errors.nameTooLong(name);
  if (region !== here.region) throw errors.otherRegion(region, here.region);
  if (own !== undefined && qualifier !== undefined && own !== qualifier) throw errors.invalid("The derived qualifier from the function name does not match the specified qualifier.");
  const arn = formatArn({ service: "lambda", region, account, resource: `function:${name}` });
  const chosen = qualifier ?? own;
  return { account, region, name, arn, qualifier: chosen, qualifiedArn: chosen === undefined ? arn : `${arn}:${chosen}` };
}
