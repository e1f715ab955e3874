import { defineErrors, ServiceError } from "../base/errors.ts";

/** Errors that any service can answer, before its own code runs. */
export const wireErrors = defineErrors({
  notImplemented: {
    code: "NotImplemented", status: 501,
    message: (service: string, operation: string) => `${operation} of ${service} is not implemented by Sagebrush. See docs/reference/coverage.md.`,
  },
  unknownOperation: { code: "UnknownOperationException", status: 404, message: () => "The requested operation is not recognized by the service." },
  invalidAction: {
    code: "InvalidAction", status: 400,
    message: (action: string, version: string) => `Could not find operation ${action} for version ${version}`,
  },
  methodNotAllowed: { code: "MethodNotAllowed", status: 405, message: () => "The specified method is not allowed against this resource." },
  unknownService: { code: "UnknownService", status: 400, message: (name: string) => `The service ${JSON.stringify(name)} is not offered by Sagebrush. See docs/reference/coverage.md.` },
  bodyTooLarge: { code: "RequestEntityTooLargeException", status: 413, message: (limit: number) => `Request body exceeds the limit of ${limit} bytes.` },
  internalFailure: { code: "InternalFailure", status: 500, message: (requestId: string) => `Sagebrush failed at this request. The server's log names the cause under request id ${requestId}.` },
  foreignOrigin: { code: "AccessDenied", status: 403, message: (reason: string) => reason },
});

/** What a client sees of anything thrown: ServiceErrors as they are, everything else as a failure of ours. */
export const asServiceError = (error: unknown, requestId: string): ServiceError =>
  error instanceof ServiceError ? error : wireErrors.internalFailure(requestId);
