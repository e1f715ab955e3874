import type { FunctionCode } from "@aws-sdk/client-lambda";
import { ServiceError } from "../../../base/errors.ts";
import type { LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_DIRECT_ZIP_BYTES, MAX_UNZIPPED_BYTES } from "../limits.ts";

/** The package of a request: sent along, or read from S3 with the caller's own permissions. */
export async function fetchPackage(code: Omit<FunctionCode, "SourceKMSKeyArn">, context: LambdaContext): Promise<Buffer> {
  if (code.ImageUri !== undefined) throw errors.notSupported("ImageUri: a function from a container image");
  if (code.ZipFile !== undefined) {
    if (code.S3Bucket !== undefined || code.S3Key !== undefined) throw errors.invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.");
    if (code.ZipFile.length > MAX_DIRECT_ZIP_BYTES) throw errors.zipTooLarge(context.operation);
    return Buffer.from(code.ZipFile.buffer, code.ZipFile.byteOffset, code.ZipFile.byteLength);
  }
  if (code.S3Bucket === undefined || code.S3Key === undefined) throw errors.invalid("Please provide a source for function code.");
  return fetchFromS3({ Bucket: code.S3Bucket, Key: code.S3Key, ...(code.S3ObjectVersion === undefined ? {} : { VersionId: code.S3ObjectVersion }) }, context);
}

async function fetchFromS3(input: { readonly Bucket: string; readonly Key: string; readonly VersionId?: string }, { call, principal, region }: LambdaContext): Promise<Buffer> {
  try {
    const { Body } = await call("s3", "GetObject", input, { principal, region });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      // A package is never larger packed than unpacked by more than its names: what is over the limit packed is over it.
      if (bytes > MAX_UNZIPPED_BYTES) throw errors.invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === "InvalidParameterValueException") throw error;
    if (error.status === 403) throw errors.codeDeniedByS3(error.message);
    throw errors.invalid(`Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`);
  }
}
