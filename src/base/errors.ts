/**
 * An error that a client of the cloud sees: AWS's code, status and text, plus the modelled members beside the message.
 * The request id is added where the response is written, never here.
 */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  /** HTTP headers that the answer carries beside the error, in lower case: S3's `x-amz-bucket-region`, a 304's `etag`. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: string, status: number, message: string,
    members: Readonly<Record<string, unknown>> = {}, headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
    this.headers = headers;
  }
}

/** One row of a service's closed table of errors (`services/<service>/errors.ts`). */
export interface ErrorEntry<Args extends readonly unknown[]> {
  readonly code: string;
  readonly status: number;
  readonly message: (...args: Args) => string;
  /** Modelled members beside the message, e.g. S3's `BucketName`, Lambda's `Reason`. */
  readonly members?: (...args: Args) => Readonly<Record<string, unknown>>;
  readonly headers?: (...args: Args) => Readonly<Record<string, string>>;
}

type ErrorTable = Readonly<Record<string, ErrorEntry<never>>>;
type ErrorMakers<T extends ErrorTable> = {
  readonly [K in keyof T]: (...args: Parameters<T[K]["message"]>) => ServiceError;
};

/** Turns a closed table of errors into functions that make them: `throw errors.noSuchBucket(name)`. */
export function defineErrors<const T extends ErrorTable>(table: T): ErrorMakers<T> {
  const makers: Record<string, (...args: never) => ServiceError> = {};
  for (const [name, entry] of Object.entries(table)) {
    makers[name] = (...args) =>
      new ServiceError(entry.code, entry.status, entry.message(...args), entry.members?.(...args), entry.headers?.(...args));
  }
  return makers as ErrorMakers<T>;
}
