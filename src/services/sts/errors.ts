import { defineErrors } from "../../base/errors.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors */
export const errors = defineErrors({
  rootMayNotAssume: { code: "AccessDenied", status: 403, message: () => "Roles may not be assumed by root accounts." },
  sessionTokenBySession: { code: "AccessDenied", status: 403, message: () => "Cannot call GetSessionToken with session credentials" },
  multiFactorFailed: {
    code: "AccessDenied", status: 403,
    message: () => "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
  },
  durationExceedsRole: {
    code: "ValidationError", status: 400,
    message: () => "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  },
  durationExceedsChaining: {
    code: "ValidationError", status: 400,
    message: () => "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
  },
  invalidRoleArn: { code: "ValidationError", status: 400, message: (arn: string) => `${arn} is invalid` },
  duplicateTagKeys: {
    code: "InvalidParameterValue", status: 400,
    message: () => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  },
  transitiveTagNotGiven: {
    code: "InvalidParameterValue", status: 400,
    message: () => "The specified transitive tag key must be included in the requested tags.",
  },
  inheritedTagOverridden: {
    code: "InvalidParameterValue", status: 400,
    message: (key: string) => `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: ${key}`,
  },
  malformedPolicy: { code: "MalformedPolicyDocument", status: 400, message: (reason: string) => reason },
  packedPolicyTooLarge: {
    code: "PackedPolicyTooLarge", status: 400,
    message: (percent: number) => `Packed size of session tags consumes ${percent}% of allotted space.`,
  },
  noSuchPolicy: { code: "ValidationError", status: 400, message: (arn: string) => `ARN ${arn} is not valid.` },
  providedContextsRefused: {
    code: "NotImplemented", status: 501,
    message: () => "ProvidedContexts is not supported: there is no IAM Identity Center here to assert a context.",
  },
});
