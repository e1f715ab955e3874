import { beforeAll, expect, test } from "vitest";
import { loadConstraints, validateInput, type ConstraintTable } from "../../../src/wire/constraints/index.ts";
import type { ServiceId } from "../../../src/wire/service.ts";

const IDS = ["s3", "sts", "iam", "sagemaker", "sagemaker-runtime", "lambda", "logs"] as const satisfies readonly ServiceId[];
const tables = new Map<ServiceId, ConstraintTable>();
beforeAll(async () => {
  for (const id of IDS) tables.set(id, await loadConstraints(id));
});

/** `Code: message` of the refusal, or nothing when the input passes. */
function refusal(service: ServiceId, operation: string, input: object): string | undefined {
  const table = tables.get(service);
  if (!table) throw new Error(`no table of ${service}`);
  try {
    validateInput(table, operation, input);
    return undefined;
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code}: ${message}`;
  }
}

const trainingJob = {
  TrainingJobName: "dogs-1",
  RoleArn: "arn:aws:iam::000000000000:role/train",
  AlgorithmSpecification: { TrainingImage: "image-classification:1", TrainingInputMode: "File" },
  OutputDataConfig: { S3OutputPath: "s3://bucket/out" },
  ResourceConfig: { InstanceType: "ml.m5.xlarge", InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  HyperParameters: { epochs: "30" },
  InputDataConfig: [{ ChannelName: "train", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://bucket/train" } } }],
  Tags: [{ Key: "a", Value: "b" }],
};

test("a right training job passes", () => expect(refusal("sagemaker", "CreateTrainingJob", trainingJob)).toBeUndefined());

test.each([
  [{ TrainingJobName: "bad_name" }, "1 validation error detected: Value 'bad_name' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"],
  [{ TrainingJobName: "a".repeat(64) }, `1 validation error detected: Value '${"a".repeat(64)}' at 'trainingJobName' failed to satisfy constraint: Member must have length less than or equal to 63`],
  [{ TrainingJobName: undefined }, "1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null"],
  [{ OutputDataConfig: {} }, "1 validation error detected: Value null at 'outputDataConfig.s3OutputPath' failed to satisfy constraint: Member must not be null"],
  [{ AlgorithmSpecification: { TrainingInputMode: "Tape" } }, "1 validation error detected: Value 'Tape' at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value set: [Pipe, File, FastFile]"],
  [{ StoppingCondition: { MaxRuntimeInSeconds: 0 } }, "1 validation error detected: Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1"],
  [{ Tags: [{ Key: "a", Value: "b" }, { Key: "", Value: "b" }] }, "1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"],
  [{ HyperParameters: { a: "b".repeat(2501) } }, /^ValidationException: 1 validation error detected: Value '\{a=b+\}' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 2500, /],
  [{ TrainingJobName: "_", Tags: [{ Key: "a" }] }, /^ValidationException: 2 validation errors detected: .*; Value null at 'tags\.1\.member\.value' failed/],
])("a training job with %o is refused in AWS's words", (change, message) => {
  const said = refusal("sagemaker", "CreateTrainingJob", { ...trainingJob, ...change });
  if (typeof message === "string") expect(said).toBe(`ValidationException: ${message}`);
  else expect(said).toMatch(message);
});

test.each([
  [{ TrainingJobName: 5 }, "NUMBER_VALUE can not be converted to a String"],
  [{ TrainingJobName: true }, "TRUE_VALUE can not be converted to a String"],
  [{ TrainingJobName: ["a"] }, "Start of list found where not expected"],
  [{ StoppingCondition: { MaxRuntimeInSeconds: "60" } }, "STRING_VALUE can not be converted to an Integer"],
  [{ StoppingCondition: { MaxRuntimeInSeconds: 1.5 } }, "NUMBER_VALUE can not be converted to an Integer"],
  [{ StoppingCondition: { MaxRuntimeInSeconds: Number.NaN } }, "NUMBER_VALUE can not be converted to an Integer"],
  [{ Tags: { Key: "a" } }, "Start of structure or map found where not expected."],
  [{ Tags: "a" }, "Unexpected value found where a list was expected"],
  [{ HyperParameters: { a: 5 } }, "NUMBER_VALUE can not be converted to a String"],
  [{ EnableNetworkIsolation: "yes" }, "STRING_VALUE can not be converted to a Boolean"],
])("a value of another kind is refused before anything else: %o", (change, message) => {
  expect(refusal("sagemaker", "CreateTrainingJob", { ...trainingJob, ...change })).toBe(`SerializationException: ${message}`);
});

test("each service has its own code", () => {
  expect(refusal("logs", "CreateLogGroup", { logGroupName: "a:b" })).toMatch(/^InvalidParameterException: 1 validation error detected: Value 'a:b' at 'logGroupName'/);
  expect(refusal("sts", "AssumeRole", { RoleArn: "arn:aws:iam::000000000000:role/r" })).toBe("ValidationError: 1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null");
  expect(refusal("sagemaker-runtime", "InvokeEndpoint", { EndpointName: "a", Body: new Uint8Array(6_291_457) })).toBe("ValidationError: 1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 6291456");
  expect(refusal("lambda", "UpdateFunctionConfiguration", { FunctionName: "f", Timeout: 0 })).toBe("ValidationException: 1 validation error detected: Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1");
});

test("Lambda words an unknown runtime, and IAM a name's characters, in its own way", () => {
  expect(refusal("lambda", "UpdateFunctionConfiguration", { FunctionName: "f", Runtime: "cobol" })).toMatch(/^InvalidParameterValueException: Value cobol at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[.*nodejs22\.x.*\] or be a valid ARN$/);
  expect(refusal("iam", "GetRole", { RoleName: "a b" })).toBe("ValidationError: The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-");
});

test("S3 refuses only what is incomplete or of another kind; its handlers do the rest", () => {
  expect(refusal("s3", "PutObject", { Bucket: "B", Key: "k", ACL: "nonsense" })).toBeUndefined();
  expect(refusal("s3", "DeleteObjects", { Bucket: "b", Delete: {} })).toMatch(/^MalformedXML/);
  expect(refusal("s3", "ListObjectsV2", { Bucket: "b", MaxKeys: Number.NaN })).toBe("InvalidArgument: Provided max-keys not an integer or within integer range");
});

test("an operation newer than the table passes", () => expect(refusal("sagemaker", "InventedYesterday", { A: 1 })).toBeUndefined());

test("names that objects have by birth are no operations", () => expect(refusal("sagemaker", "constructor", {})).toBeUndefined());

test("STS alone has operations that need no signature", () => {
  expect([...tables.values()].flatMap(({ service, unsigned }) => [...unsigned].map((name) => `${service}:${name}`)))
    .toEqual(["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]);
});
