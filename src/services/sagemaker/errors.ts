import { defineErrors } from "../../base/errors.ts";

/** SageMaker's errors. Beside four modelled ones (ResourceInUse, ResourceLimitExceeded, ResourceNotFound, ConflictException) everything is a ValidationException. */
export const errors = defineErrors({
  notFound: { code: "ValidationException", status: 400, message: () => "Requested resource not found." },
  /** DeleteTrainingJob models its own: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html */
  jobToDeleteNotFound: { code: "ResourceNotFound", status: 400, message: () => "Requested resource not found." },
  /** Both sentences are AWS's: aws/amazon-sagemaker-examples#1540 and #2440. */
  tuningJobNotFound: { code: "ResourceNotFound", status: 400, message: (name: string) => `Amazon SageMaker can't find a tuning job called ${name}. Type another name.` },
  tuningJobExists: { code: "ResourceInUse", status: 400, message: (name: string) => `A hyperparameter tuning job with the name, ${name}, already exists. Choose a different name.` },
  tuningNotRunning: { code: "ValidationException", status: 400, message: (status: string) => `The request was rejected because the tuning job is in status ${status}.` },
  tuningNotEnded: { code: "ValidationException", status: 400, message: (arn: string, status: string) => `Cannot delete tuning job "${arn}" while it is in status ${status}.` },
  quotaExceeded: {
    code: "ResourceLimitExceeded", status: 400,
    message: (quota: string, { limit, inUse, delta }: { readonly limit: number; readonly inUse: number; readonly delta: number }) =>
      `The account-level service limit '${quota}' is ${limit} Instances, with current utilization of ${inUse} Instances and a request delta of ${delta} Instances. ` +
      `Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota. (Here: --quotas "${quota}=${inUse + delta}".)`,
  },
  /** AWS's one word for a notebook instance or lifecycle configuration that is not there. */
  recordNotFound: { code: "ValidationException", status: 400, message: () => "RecordNotFound" },
  notebookExists: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot create a duplicate Notebook Instance (${arn})` },
  lifecycleExists: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot create a duplicate Notebook Instance Lifecycle Config (${arn})` },
  modelNotFound: { code: "ValidationException", status: 400, message: (arn: string) => `Could not find model "${arn}".` },
  configNotFound: { code: "ValidationException", status: 400, message: (arn: string) => `Could not find endpoint configuration "${arn}".` },
  endpointNotFound: { code: "ValidationException", status: 400, message: (arn: string) => `Could not find endpoint "${arn}".` },
  trainingJobExists: {
    code: "ResourceInUse", status: 400,
    message: (arn: string) => `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
  },
  modelExists: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot create already existing model "${arn}".` },
  configExists: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot create already existing endpoint configuration "${arn}".` },
  endpointExists: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot create already existing endpoint "${arn}".` },
  roleNotAssumable: {
    code: "ValidationException", status: 400,
    message: (arn: string) => `Could not assume role ${arn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
  },
  foreignRole: { code: "ValidationException", status: 400, message: () => "RoleArn: Cross-account pass role is not allowed." },
  notRunning: { code: "ValidationException", status: 400, message: (status: string) => `The request was rejected because the training job is in status ${status}.` },
  jobNotEnded: { code: "ResourceInUse", status: 400, message: (arn: string, status: string) => `Cannot delete training job "${arn}" while it is in status ${status}.` },
  noObjects: {
    code: "ValidationException", status: 400,
    message: (uri: string, role: string, where: { readonly bucket: string; readonly region: string; readonly cause: string }) =>
      `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${where.region}), ` +
      `that objects exist under that S3 prefix, and that the role "${role}" has "s3:ListBucket" permissions on bucket "${where.bucket}".${where.cause === "" ? "" : ` Error message from S3: ${where.cause}`}`,
  },
  modelData: {
    code: "ValidationException", status: 400,
    message: (uri: string, role: string, region: string) =>
      `Could not access model data at ${uri}. Please ensure that the role "${role}" exists and that its trust relationship policy allows the action "sts:AssumeRole" ` +
      `for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${region}.`,
  },
  unsupportedImage: { code: "ValidationException", status: 400, message: (reason: string) => reason },
  /** A parameter that demands what is not there yet: refused by name, never ignored. */
  unsupported: {
    code: "ValidationException", status: 400,
    message: (parameter: string, reason: string) => `${parameter} is not supported by Sagebrush yet: ${reason}. Start the server with --lenient to go on without it.`,
  },
  algorithmMetrics: {
    code: "ValidationException", status: 400,
    message: () => "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.",
  },
  invalid: { code: "ValidationException", status: 400, message: (text: string) => text },
  /** AWS says "update" to a DeleteEndpoint too. */
  endpointBusy: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot update in-progress endpoint "${arn}".` },
  endpointFailed: { code: "ValidationException", status: 400, message: (arn: string) => `Cannot update endpoint "${arn}" in status Failed. Only DeleteEndpoint is allowed.` },
  invalidArn: { code: "ValidationException", status: 400, message: (arn: string) => `Invalid ARN: ${arn}` },
  tooManyTags: { code: "ResourceLimitExceeded", status: 400, message: (arn: string, limit: number) => `The number of tags on ${arn} would exceed the limit of ${limit}.` },
  reservedTag: { code: "ValidationException", status: 400, message: (key: string) => `Tag keys beginning with "aws:" are reserved: ${key}` },
  duplicateTag: { code: "ValidationException", status: 400, message: (key: string) => `Duplicate tag key: ${key}` },
  unknownInstanceType: {
    code: "ValidationException", status: 400,
    message: (type: string, use: string) => `The instance type ${type} is not known to Sagebrush for ${use}: its memory and vCPUs are not in the catalogue (src/catalogue/instance-types.ts).`,
  },
  nextToken: { code: "ValidationException", status: 400, message: () => "Invalid pagination token in request." },
});
