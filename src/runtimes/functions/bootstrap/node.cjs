"use strict";
// The program that runs inside a Node execution environment: loads the handler, then asks the Runtime API for
// invocations until it is ended. Plain CommonJS, because it is the fastest thing Node can start.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

const { connectRuntimeApi } = require("./node-api.cjs");
const { patchConsole } = require("./node-console.cjs");
const { loadHandler } = require("./node-handler.cjs");

const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

process.chdir(process.env.LAMBDA_TASK_ROOT);
const api = connectRuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API, process.env.SAGEBRUSH_RUNTIME_TOKEN);
delete process.env.SAGEBRUSH_RUNTIME_TOKEN;

const current = { requestId: undefined, whenIdle: undefined };
const { logError } = patchConsole(current);

class UnhandledPromiseRejection extends Error {
  constructor(reason) {
    super(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));
    this.name = "Runtime.UnhandledPromiseRejection";
    this.reason = reason;
  }
}
class NodeJsExit extends Error {
  constructor() {
    super("The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes");
    this.name = "Runtime.NodeJsExit";
  }
}

/** The error document as AWS's runtime writes it: a thrown value that is no Error has its type for a name. */
function errorDocument(error) {
  try {
    const looksLikeError = error !== null && typeof error === "object" && typeof error.name === "string" && typeof error.message === "string" && typeof error.stack === "string";
    if (looksLikeError) return { errorType: error.name, errorMessage: error.message, trace: error.stack.split("\n") };
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack", trace: [] };
  }
}

const reportError = (error) => {
  const document = errorDocument(error);
  return current.requestId === undefined ? api.initError(document) : api.error(current.requestId, document);
};

const die = (error, code) => {
  const leave = () => process.exit(code);
  reportError(error).then(leave, leave);
};
process.on("uncaughtException", (error) => {
  logError("Uncaught Exception", error);
  die(error, EXIT_UNCAUGHT_EXCEPTION);
});
process.on("unhandledRejection", (reason) => {
  const error = new UnhandledPromiseRejection(reason);
  logError("Unhandled Promise Rejection", error);
  die(error, EXIT_UNHANDLED_REJECTION);
});
// Node found nothing left to do: what was waiting for that goes on.
process.on("beforeExit", () => {
  const then = current.whenIdle;
  current.whenIdle = undefined;
  then?.();
});

function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
}

const parsed = (text) => (text ? JSON.parse(text) : undefined);

function makeContext(headers, settle) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    succeed: (result) => settle.now(undefined, result),
    fail: (error) => settle.now(error ?? "handled"),
    done: (error, result) => settle.now(error, result),
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(headers["lambda-runtime-client-context"]),
    identity: parsed(headers["lambda-runtime-cognito-identity"]),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** Resolves once the handler has settled in one of its three ways: a promise, the callback, or the context's methods. */
function runHandler(handler, event, headers) {
  return new Promise((resolve, reject) => {
    let settled = false;
    const now = (error, result) => {
      if (settled) return;
      settled = true;
      current.whenIdle = undefined;
      if (error !== undefined && error !== null) reject(error);
      else resolve(result);
    };
    const context = makeContext(headers, { now });
    const callback = (error, result) => {
      const failed = error !== undefined && error !== null;
      if (failed || !context.callbackWaitsForEmptyEventLoop) now(error, result);
      else if (!settled) current.whenIdle = () => now(undefined, result);
    };
    const isAsync = handler.constructor?.name === "AsyncFunction";
    current.whenIdle = () => (isAsync ? now(new NodeJsExit()) : now(undefined, null));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === "function") returned.then((result) => now(undefined, result), (error) => now(error ?? "handled"));
  });
}

async function serve(handler) {
  for (;;) {
    const { headers, body } = await api.next();
    const requestId = headers["lambda-runtime-aws-request-id"];
    const traceId = headers["lambda-runtime-trace-id"];
    current.requestId = requestId;
    if (traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = traceId;
    try {
      await api.response(requestId, serialize(await runHandler(handler, JSON.parse(body), headers)));
    } catch (error) {
      logError("Invoke Error", error);
      await api.error(requestId, errorDocument(error));
    }
  }
}

loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER).then(serve, (error) => {
  logError("Uncaught Exception", error);
  die(error, EXIT_UNCAUGHT_EXCEPTION);
});
