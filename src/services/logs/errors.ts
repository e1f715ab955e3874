import { defineErrors } from "../../base/errors.ts";
import { MAX_BATCH_BYTES, MAX_EVENT_BYTES, MAX_TAGS, RETENTION_DAYS } from "./limits.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html and each operation's own page. */
export const errors = defineErrors({
  noSuchGroup: { code: "ResourceNotFoundException", status: 400, message: () => "The specified log group does not exist." },
  noSuchStream: { code: "ResourceNotFoundException", status: 400, message: () => "The specified log stream does not exist." },
  noSuchResource: { code: "ResourceNotFoundException", status: 400, message: () => "The specified resource does not exist." },
  groupExists: { code: "ResourceAlreadyExistsException", status: 400, message: () => "The specified log group already exists" },
  streamExists: { code: "ResourceAlreadyExistsException", status: 400, message: () => "The specified log stream already exists" },
  reservedName: { code: "InvalidParameterException", status: 400, message: () => "Log groups starting with AWS/ are reserved for AWS." },
  deletionProtected: {
    code: "ValidationException", status: 400,
    message: (name: string) => `The log group ${name} cannot be deleted because deletion protection is enabled.`,
  },
  groupNameOrIdentifier: {
    code: "InvalidParameterException", status: 400,
    message: () => "Exactly one of logGroupName and logGroupIdentifier must be specified.",
  },
  prefixOrPattern: {
    code: "InvalidParameterException", status: 400,
    message: () => "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
  },
  orderWithPrefix: { code: "InvalidParameterException", status: 400, message: () => "Cannot order by LastEventTime with a logStreamNamePrefix." },
  streamNamesOrPrefix: {
    code: "InvalidParameterException", status: 400,
    message: () => "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
  },
  badToken: { code: "InvalidParameterException", status: 400, message: () => "The specified nextToken is invalid." },
  badTimeRange: { code: "InvalidParameterException", status: 400, message: () => "startTime must not be after endTime." },
  badArn: { code: "InvalidParameterException", status: 400, message: (arn: string) => `Invalid resource ARN: ${arn}` },
  tooManyTags: { code: "TooManyTagsException", status: 400, message: () => `A resource can have no more than ${MAX_TAGS} tags.` },
  taggingDenied: {
    code: "AccessDeniedException", status: 400,
    message: (account: string) => `User with accountId: ${account} is not authorized to perform CreateLogGroup with Tags`,
  },
  badRetention: {
    code: "InvalidParameterException", status: 400,
    message: (days: number | undefined) =>
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
  },
  // The sentences of PutLogEvents as seen in the field: aws-sdk-js-v3 #6164, aws-greengrass-log-manager #59,
  // dibog/cloudwatch-logback-appender #17, nhs-england-tools/terraform-aws-opennext #27.
  eventTooLarge: {
    code: "InvalidParameterException", status: 400,
    message: (bytes: number) => `Log event too large: ${bytes} bytes exceeds limit of ${MAX_EVENT_BYTES}`,
  },
  batchTooLarge: {
    code: "InvalidParameterException", status: 400,
    message: (bytes: number) => `Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`,
  },
  unordered: {
    code: "InvalidParameterException", status: 400,
    message: () => "Log events in a single PutLogEvents request must be in chronological order.",
  },
  spanTooLong: {
    code: "InvalidParameterException", status: 400,
    message: () => "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
  },
  badPattern: { code: "InvalidParameterException", status: 400, message: (reason: string) => `Invalid filter pattern: ${reason}` },
  badTerm: { code: "InvalidParameterException", status: 400, message: (term: string) => `Invalid character(s) in term '${term}'` },
  unsupportedPattern: {
    code: "NotImplemented", status: 501,
    message: (form: string) => `Filter patterns with ${form} are not supported by Sagebrush. Terms, ?terms, -terms and JSON patterns are.`,
  },
  unsupported: { code: "NotImplemented", status: 501, message: (what: string) => `${what} is not supported by Sagebrush.` },
});
