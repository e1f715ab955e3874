import { ServiceError } from "../../base/errors.ts";
import type { ServiceId } from "../service.ts";
import { findViolations, KindMismatch, type Violation } from "./check.ts";
import type { ConstraintTable } from "./table.ts";

/** The code under which each service reports broken constraints; their wording is the same. */
const CODES: Readonly<Record<Exclude<ServiceId, "s3">, string>> = {
  sagemaker: "ValidationException",
  "sagemaker-runtime": "ValidationError",
  lambda: "ValidationException",
  iam: "ValidationError",
  sts: "ValidationError",
  // https://github.com/fluent-plugins-nursery/fluent-plugin-cloudwatch-logs/issues/223 shows it from AWS
  logs: "InvalidParameterException",
};

/**
 * Refuses an input that the service's model does not allow, in AWS's wording: `2 validation errors detected: Value 'x' at
 * 'trainingJobName' failed to satisfy constraint: …`. Values of a wrong kind are a SerializationException. An operation
 * that the table does not know passes.
 */
export function validateInput(table: ConstraintTable, operation: string, input: unknown): void {
  const node = table.input(operation);
  if (!node) return;
  let violations: readonly Violation[];
  try {
    violations = findViolations(node, input);
  } catch (error) {
    if (error instanceof KindMismatch) throw mismatch(table.service, error);
    throw error;
  }
  if (violations.length > 0) refuse(table.service, violations);
}

function refuse(service: ServiceId, violations: readonly Violation[]): void {
  const [first] = violations;
  if (!first) return;
  if (service === "s3") return refuseByS3(violations);
  const charset = service === "iam" ? violations.find(({ pattern }) => pattern === IAM_NAME) : undefined;
  if (charset) throw new ServiceError("ValidationError", 400, iamCharset(charset.path));
  const runtime = service === "lambda" ? violations.find(({ path, value }) => path === "runtime" && value !== null) : undefined;
  if (runtime) throw new ServiceError("InvalidParameterValueException", 400, `Value ${valueText(runtime.value)} at 'runtime' failed to satisfy constraint: ${runtime.constraint} or be a valid ARN`);
  const errors = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
  throw new ServiceError(CODES[service], 400, `${errors} detected: ${violations.map(sentence).join("; ")}`);
}

const sentence = ({ path, value, sensitive, constraint }: Violation): string => {
  const shown = value === null ? "Value null" : sensitive ? "Value" : `Value '${valueText(value)}'`;
  return `${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
};

/** S3 validates by hand, in its handlers; only an incomplete document is refused for all of them. */
function refuseByS3(violations: readonly Violation[]): void {
  if (!violations.some(({ value }) => value === null)) return;
  throw new ServiceError("MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema");
}

const IAM_NAME = "[\\w+=,.@-]+";
/** IAM's own words for a name with other characters: https://github.com/aws-amplify/amplify-cli/issues/9120 shows them from AWS. */
const iamCharset = (path: string): string =>
  `The specified value for ${path} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;

/** A value as Java prints it, which is how AWS's messages show it. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (typeof value === "object" && value !== null && !(value instanceof String)) {
    return `{${Object.entries(value).map(([name, each]) => `${name}=${valueText(each)}`).join(", ")}}`;
  }
  return String(value);
}

const JAVA_TYPES: Readonly<Record<string, string>> = {
  string: "a String", integer: "an Integer", long: "a Long", float: "a Float", double: "a Double", boolean: "a Boolean",
  timestamp: "a Date", blob: "a ByteBuffer",
};

function mismatch(service: ServiceId, { wanted, value, path }: KindMismatch): ServiceError {
  if (service === "s3") {
    // `maxKeys` is `max-keys` where S3's clients see it.
    const name = path.replaceAll(/^max[A-Z]/g, (start) => `max-${start.slice(-1).toLowerCase()}`);
    const text = wanted === "integer" ? `Provided ${name} not an integer or within integer range` : `Invalid value for ${name}`;
    return new ServiceError("InvalidArgument", 400, text, { ArgumentName: name, ArgumentValue: valueText(value) });
  }
  const query = service === "iam" || service === "sts";
  return new ServiceError(query ? "MalformedInput" : "SerializationException", 400, mismatchText(wanted, value));
}

/** The words of AWS's JSON reader: "NUMBER_VALUE can not be converted to a String". */
function mismatchText(wanted: string, value: unknown): string {
  if (Array.isArray(value)) return "Start of list found where not expected";
  if (typeof value === "object" && value !== null) return "Start of structure or map found where not expected.";
  const type = JAVA_TYPES[wanted];
  if (type === undefined) return `Unexpected value found where ${wanted === "list" ? "a list" : "a structure or map"} was expected`;
  const token = typeof value === "string" ? "STRING_VALUE" : typeof value === "boolean" ? (value ? "TRUE_VALUE" : "FALSE_VALUE") : "NUMBER_VALUE";
  return `${token} can not be converted to ${type}`;
}
