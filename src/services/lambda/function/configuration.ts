import type { FunctionConfiguration, Runtime, Architecture } from "@aws-sdk/client-lambda";
import type { FunctionRecord } from "./function.ts";

/** `2026-11-21T23:00:00.000+0000`, the form of LastModified. */
export const lambdaDate = (moment: number): string => new Date(moment).toISOString().replace("Z", "+0000");

/** A function as every operation shows it. https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
export function describeFunction(fn: FunctionRecord): FunctionConfiguration {
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Runtime: fn.runtime as Runtime,
    Role: fn.role,
    Handler: fn.handler,
    CodeSize: fn.code.bytes,
    CodeSha256: fn.code.sha256,
    Description: fn.description,
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.memoryMiB,
    LastModified: lambdaDate(fn.lastModified),
    Version: "$LATEST",
    ...(Object.keys(fn.environment).length === 0 ? {} : { Environment: { Variables: { ...fn.environment } } }),
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: fn.revisionId,
    State: fn.state,
    ...(fn.state === "Pending"
      ? { StateReason: "The function is being created.", StateReasonCode: "Creating" }
      : { LastUpdateStatus: fn.update }),
    PackageType: "Zip",
    Architectures: [fn.architecture as Architecture],
    EphemeralStorage: { Size: fn.ephemeralMiB },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    LoggingConfig: { LogFormat: "Text", LogGroup: fn.logGroup },
  };
}
