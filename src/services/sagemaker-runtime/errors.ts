import { defineErrors } from "../../base/errors.ts";
import { MAX_BODY_BYTES } from "./limits.ts";

interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Whose {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
}

const seeLog = ({ endpoint, account, region }: Whose): string =>
  `See https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=/aws/sagemaker/Endpoints/${endpoint} in account ${account} for more information.`;

const logStream = ({ endpoint, account, region }: Whose): string =>
  `arn:aws:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${endpoint}`;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors */
export const errors = defineErrors({
  notFound: { code: "ValidationError", status: 400, message: (name: string, account: string) => `Endpoint ${name} of account ${account} not found.` },
  variantNotFound: { code: "ValidationError", status: 400, message: (variant: string, endpoint: string) => `Variant ${variant} not found for Endpoint ${endpoint}.` },
  unsupported: { code: "ValidationError", status: 400, message: (parameter: string, reason: string) => `${parameter} is not supported by Sagebrush yet: ${reason}.` },
  tooLarge: {
    code: "ValidationError", status: 413,
    message: (bytes: number) => `Request body of ${bytes} bytes exceeds the limit of ${MAX_BODY_BYTES} bytes.`,
  },
  unavailable: { code: "ServiceUnavailable", status: 503, message: () => "The service is unavailable. Try your call again." },
  model: {
    code: "ModelError", status: 424,
    message: ({ status, text }: Answer, whose: Whose) =>
      `Received ${status >= 500 ? "server" : "client"} error (${status}) from primary with message "${text}". ${seeLog(whose)}`,
    members: ({ status, text }: Answer, whose: Whose) => ({ OriginalStatusCode: status, OriginalMessage: text, LogStreamArn: logStream(whose) }),
  },
  timedOut: {
    code: "ModelError", status: 424,
    message: (whose: Whose) =>
      `Received server error (0) from primary with message "${TIMED_OUT}". ${seeLog(whose)}`,
    members: (whose: Whose) => ({ OriginalStatusCode: 0, OriginalMessage: TIMED_OUT, LogStreamArn: logStream(whose) }),
  },
  brokenOff: {
    code: "ModelError", status: 424,
    message: (cause: string, whose: Whose) => `Received server error (0) from primary with message "${cause}". ${seeLog(whose)}`,
    members: (cause: string, whose: Whose) => ({ OriginalStatusCode: 0, OriginalMessage: cause, LogStreamArn: logStream(whose) }),
  },
  responseTooLarge: {
    code: "ModelError", status: 424,
    message: (whose: Whose) => `Received server error (500) from primary and could not load the entire response body. ${seeLog(whose)}`,
    members: (whose: Whose) => ({ OriginalStatusCode: 500, OriginalMessage: "", LogStreamArn: logStream(whose) }),
  },
});

const TIMED_OUT =
  "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.";
