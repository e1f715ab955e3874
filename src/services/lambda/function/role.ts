import { ServiceError } from "../../../base/errors.ts";
import type { LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";

/** Takes the role on once, as Lambda does when a function is created: a trust policy that refuses is found here, not at the first call. */
export async function requireRole(roleArn: string, functionArn: string, { assumeRole }: Pick<LambdaContext, "assumeRole">): Promise<void> {
  try {
    await assumeRole({ roleArn, sessionName: functionArn.split(":").at(-1) ?? "", service: "lambda.amazonaws.com", sourceArn: functionArn });
  } catch (error) {
    if (error instanceof ServiceError) throw errors.invalid("The role defined for the function cannot be assumed by Lambda.");
    throw error;
  }
}
