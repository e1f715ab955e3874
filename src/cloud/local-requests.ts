import { ServiceError } from "../base/errors.ts";
import { interruptTrainingJob, type SageMakerState } from "../services/sagemaker/index.ts";
import { uuid } from "../shared/ids.ts";
import { virtualBucket } from "../wire/dispatch.ts";
import type { ArrivedRequest, Exchange, Listener } from "../wire/pipeline.ts";
import { readBody } from "../wire/request-body.ts";
import { authenticate } from "../wire/signature/index.ts";

/** What people ask of this cloud that AWS has no operation for. No bucket can have this name. */
const PREFIX = "/_sagebrush/";
const INTERRUPTION = `${PREFIX}interrupt-training-job`;
const MAX_BODY_BYTES = 64 * 1024;

interface Ends {
  readonly sagemaker: SageMakerState;
  readonly listener: Listener;
}

/** Under the server's own name: what follows a bucket's or a function's is theirs, whatever it is called. */
export const isLocalRequest = ({ host, path }: ArrivedRequest): boolean => path.startsWith(PREFIX) && virtualBucket(host) === undefined;

/**
 * `POST /_sagebrush/interrupt-training-job` with `{"TrainingJobName": "…"}`, signed as a request to SageMaker: takes a job's spot instances away.
 * Who may stop the job may do it (sagemaker:StopTrainingJob). Errors are as SageMaker's.
 */
export async function answerLocalRequest({ sagemaker, listener }: Ends, { message, response, arrived }: Exchange): Promise<void> {
  const requestId = uuid(listener.random);
  try {
    listener.admit(arrived, message);
    const { method, path, query, headers } = arrived;
    const body = await readBody({ message, response, headers }, MAX_BODY_BYTES);
    const caller = authenticate({ method, path, query, headers, body, dialect: "json", services: ["sagemaker"] }, listener.credentials, listener.clock.now());
    if (caller.kind !== "signed") throw new ServiceError("MissingAuthenticationTokenException", 403, "Missing Authentication Token");
    const { principal } = caller.credentials;
    listener.admitPrincipal(principal, message);
    if (method !== "POST" || path !== INTERRUPTION) throw new ServiceError("UnknownOperationException", 404, `There is no ${method} ${path}.`);
    const region = caller.scope.region || listener.region;
    interruptTrainingJob(sagemaker, { account: principal.account, region, name: nameIn(body) }, (requests) => listener.authorizer.authorize(principal, requests, {
      service: "sagemaker", operation: "StopTrainingJob", region, requestId, sourceIp: message.socket.remoteAddress ?? "", secureTransport: false, userAgent: headers["user-agent"] ?? "", viaService: false,
    }));
    answer(response, 200, {});
  } catch (error) {
    if (!(error instanceof ServiceError)) listener.log.error("a local request failed", { requestId, cause: error instanceof Error ? error.stack : String(error) });
    const known = error instanceof ServiceError ? error : new ServiceError("InternalFailure", 500, "The request failed; the server's log says why.");
    answer(response, known.status, { __type: known.code, message: known.message });
  }
}

function answer(response: Exchange["response"], status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(body));
}

function nameIn(body: Uint8Array): string {
  try {
    const { TrainingJobName } = JSON.parse(Buffer.from(body).toString("utf8")) as { readonly TrainingJobName?: unknown };
    if (typeof TrainingJobName === "string") return TrainingJobName;
  } catch {
    // Said below.
  }
  throw new ServiceError("SerializationException", 400, 'The body must be {"TrainingJobName": "…"}.');
}
