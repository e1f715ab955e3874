import { ServiceError } from "../../../base/errors.ts";
import type { LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";

/** A function's session of its role has the function's name; STS wants two characters, and a function may have one. */
export const sessionNameOf = (functionName: string): string => functionName.padEnd(2, "-");

/** Takes the role on once, as Lambda does when a function is created: a trust policy that refuses is found here, not at the first call. */
export async function requireRole(roleArn: string, functionArn: string, { assumeRole }: Pick<LambdaContext, "assumeRole">): Promise<void> {
  try {
    await assumeRole({ roleArn, sessionName: sessionNameOf(functionArn.split(":").at(-1) ?? ""), service: "lambda.amazonaws.com", sourceArn: functionArn });
  } catch (error) {
    if (error instanceof ServiceError) throw errors.invalid("The role defined for the function cannot be assumed by Lambda.");
    throw error;
  }
}
