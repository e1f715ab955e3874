import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { ROOT_SESSION_TOKEN_MAX_SECONDS, SESSION_TOKEN_DEFAULT_SECONDS } from "../limits.ts";
import { describeCredentials, issueSession } from "./session.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: IAM is not asked. */
export const getSessionToken = operation("GetSessionToken", {
  authorize: () => [],
  handle: (input, context) => {
    const { principal } = context;
    if (principal.kind !== "user" && principal.kind !== "root") throw errors.sessionTokenBySession();
    if (principal.accessKeyId?.startsWith("ASIA") === true) throw errors.sessionTokenBySession();
    // No MFA device can exist here, so no code can be right.
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw errors.multiFactorFailed();
    const asked = input.DurationSeconds ?? SESSION_TOKEN_DEFAULT_SECONDS;
    const seconds = principal.kind === "root" ? Math.min(asked, ROOT_SESSION_TOKEN_MAX_SECONDS) : asked;
    const record = issueSession(context, seconds, (accessKeyId) => ({ ...principal, accessKeyId }));
    return { Credentials: describeCredentials(record) };
  },
});
