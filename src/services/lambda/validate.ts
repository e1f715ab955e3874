import type { CreateFunctionCommandInput, UpdateFunctionConfigurationCommandInput } from "@aws-sdk/client-lambda";
import { chooseRuntime, type FunctionRuntime, type Interpreters } from "../../runtimes/functions/index.ts";
import type { Log } from "../../shared/log.ts";
import { errors } from "./errors.ts";
import { MAX_ENVIRONMENT_BYTES, MAX_TAGS } from "./limits.ts";

type Settings = CreateFunctionCommandInput | UpdateFunctionConfigurationCommandInput;

/** Runtimes whose end AWS has announced and passed: it refuses them in these words. */
const ENDED = /^(nodejs(|4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x)|python(2\.7|3\.6|3\.7|3\.8))$/;

/** What runs the function. Throws for a runtime that AWS has ended, and names one that this machine cannot run. */
export async function requireRuntime(name: string, interpreters: Interpreters): Promise<FunctionRuntime> {
  if (ENDED.test(name)) throw errors.invalid(`The runtime parameter of ${name} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`);
  const choice = await chooseRuntime(name, interpreters);
  if (choice.kind === "unsupported") throw errors.notSupported(`Runtime ${name} (${choice.reason})`);
  return choice.runtime;
}

/** How unmet demands are met: refused by name, or under `--lenient` noted in the log and left out. */
export interface Strictness {
  readonly lenient: boolean;
  readonly log: Log;
}

export function refuseIf(demanded: boolean, what: string, { lenient, log }: Strictness): void {
  if (!demanded) return;
  if (!lenient) throw errors.notSupportedYet(what);
  log.warn("a setting of a function is left out", { setting: what });
}

/** Settings that demand what is not there are refused by name; empty and default values demand nothing. */
export function refuseUnsupported(input: Settings, strictness: Strictness): void {
  const present = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0;
  const demands: readonly (readonly [string, boolean])[] = [
    ["VpcConfig: a function in a VPC", present(input.VpcConfig?.SubnetIds) || present(input.VpcConfig?.SecurityGroupIds)],
    ["Layers", present(input.Layers)],
    ["DeadLetterConfig", (input.DeadLetterConfig?.TargetArn ?? "") !== ""],
    ["FileSystemConfigs", present(input.FileSystemConfigs)],
    ["KMSKeyArn: encryption with a key of yours", (input.KMSKeyArn ?? "") !== ""],
    ["TracingConfig Active: X-Ray", input.TracingConfig?.Mode === "Active"],
    ["SnapStart PublishedVersions", input.SnapStart?.ApplyOn === "PublishedVersions"],
    ["LoggingConfig LogFormat JSON", input.LoggingConfig?.LogFormat === "JSON"],
    ["CapacityProviderConfig", input.CapacityProviderConfig !== undefined],
    ["DurableConfig", input.DurableConfig !== undefined],
  ];
  for (const [what, demanded] of demands) refuseIf(demanded, what, strictness);
  if (input.ImageConfig !== undefined) throw errors.notSupported("ImageConfig: a function from a container image");
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment variables". */
const RESERVED = new Set([
  "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
  "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
]);
/** Ours beside them: the token that our bootstraps show to the Runtime API. */
const RESERVED_HERE = "SAGEBRUSH_RUNTIME_TOKEN";

export function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const taken = Object.keys(variables).filter((name) => RESERVED.has(name) || name === RESERVED_HERE);
  if (taken.length > 0) {
    throw errors.invalid(`Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${taken.join(", ")}`);
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > MAX_ENVIRONMENT_BYTES) {
    throw errors.invalid(`Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`);
  }
}

export function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).some((key) => key.toLowerCase().startsWith("aws:"))) throw errors.invalid("aws: prefixed tag key names are not allowed for external use.");
  if (Object.keys(tags).length > MAX_TAGS) throw errors.invalid(`Number of tags exceeds resource tag limit. Resource can have at most ${MAX_TAGS} tags.`);
}
