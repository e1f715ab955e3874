import { defineErrors } from "../../base/errors.ts";

const user = () => ({ Type: "User" });

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors and the other operations' pages. */
export const errors = defineErrors({
  functionNotFound: { code: "ResourceNotFoundException", status: 404, message: (arn: string) => `Function not found: ${arn}`, members: user },
  resourceNotFound: { code: "ResourceNotFoundException", status: 404, message: () => "The resource you requested does not exist.", members: user },
  noPolicy: { code: "ResourceNotFoundException", status: 404, message: () => "No policy is associated with the given resource.", members: user },
  statementNotFound: { code: "ResourceNotFoundException", status: 404, message: (sid: string) => `Statement ${sid} is not found in resource policy.`, members: user },
  otherRegion: {
    code: "ResourceNotFoundException", status: 404, members: user,
    message: (from: string, here: string) => `Functions from '${from}' are not reachable in this region ('${here}')`,
  },
  functionExists: { code: "ResourceConflictException", status: 409, message: (name: string) => `Function already exist: ${name}`, members: user },
  notActive: {
    code: "ResourceConflictException", status: 409, members: user,
    message: (state: string) => `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
  },
  updateInProgress: {
    code: "ResourceConflictException", status: 409, members: user,
    message: (arn: string) => `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  },
  statementExists: {
    code: "ResourceConflictException", status: 409, members: user,
    message: (sid: string) => `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
  },
  urlExists: {
    code: "ResourceConflictException", status: 409, members: user,
    message: (arn: string) => `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
  },
  invalid: { code: "InvalidParameterValueException", status: 400, message: (text: string) => text, members: user },
  /** AWS's shape checks speak this way; this one is the service's own, since ARNs may be longer. */
  nameTooLong: {
    code: "ValidationException", status: 400, members: user,
    message: (name: string) => `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  },
  zipTooLarge: {
    code: "RequestEntityTooLargeException", status: 413, members: user,
    message: (operation: string) => `Request must be smaller than 70167211 bytes for the ${operation} operation`,
  },
  payloadTooLarge: {
    code: "RequestTooLargeException", status: 413, members: user,
    message: (bytes: number, type: string, limit: number) => `${bytes} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`,
  },
  payloadNotJson: {
    code: "InvalidRequestContentException", status: 400, members: user,
    message: (reason: string) => `Could not parse request body into json: ${reason}`,
  },
  codeStorageExceeded: { code: "CodeStorageExceededException", status: 400, message: () => "Code storage limit exceeded.", members: user },
  policyTooLong: {
    code: "PolicyLengthExceededException", status: 400, members: user,
    message: (bytes: number, limit: number) => `The final policy size (${bytes}) is bigger than the limit (${limit}).`,
  },
  revisionMismatch: {
    code: "PreconditionFailedException", status: 412, members: user,
    message: (call: string) => `The RevisionId provided does not match the latest RevisionId. Call the ${call} API to retrieve the latest RevisionId`,
  },
  codeDeniedByS3: {
    code: "AccessDeniedException", status: 403, members: user,
    message: (reason: string) => `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for the bucket and key. S3 Error Code: AccessDenied. S3 Error Message: ${reason}`,
  },
  roleGone: { code: "AccessDeniedException", status: 403, message: () => "The role defined for the function cannot be assumed by Lambda.", members: user },
  throttled: {
    code: "TooManyRequestsException", status: 429,
    message: (_reason: string) => "Rate Exceeded.",
    members: (reason: string) => ({ Reason: reason, Type: "User", retryAfterSeconds: "1" }),
  },
  /** Ours: AWS would start another environment; this machine is full. */
  machineFull: {
    code: "TooManyRequestsException", status: 429,
    message: (reason: string) => `Rate Exceeded. This machine has no room for another execution environment: ${reason}`,
    members: () => ({ Reason: "ConcurrentInvocationLimitExceeded", Type: "User", retryAfterSeconds: "1" }),
  },
  /** Ours: AWS does it, sagebrush does not (yet). */
  notSupported: { code: "NotImplemented", status: 501, message: (what: string) => `${what} is not supported by sagebrush.`, members: user },
  /** As notSupported, for what a function can do without. */
  notSupportedYet: { code: "NotImplemented", status: 501, message: (what: string) => `${what} is not supported by sagebrush. Start the server with --lenient to go on without it.`, members: user },
});
