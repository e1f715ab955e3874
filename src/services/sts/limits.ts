/** Seconds. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const ASSUME_ROLE_DEFAULT_SECONDS = 3600;
/** Seconds that a session got with session credentials may last, whatever the role allows (role chaining). */
export const CHAINED_ROLE_MAX_SECONDS = 3600;
/** Seconds. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export const SESSION_TOKEN_DEFAULT_SECONDS = 43_200;
export const ROOT_SESSION_TOKEN_MAX_SECONDS = 3600;
/** Characters of an inline session policy together with the ARNs of managed ones (API_AssumeRole, `Policy`). */
export const SESSION_POLICY_MAX_CHARACTERS = 2048;
/**
 * Characters of session tags that fill the packed form. AWS publishes no formula; 9 tags of 252 characters were seen to
 * consume 498 % (https://github.com/aws-actions/configure-aws-credentials/issues/1898), so it is 456 by that measure.
 */
export const PACKED_TAGS_CHARACTERS = 456;
