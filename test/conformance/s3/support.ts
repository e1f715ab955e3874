import { CreateBucketCommand, GetObjectCommand, S3Client, type GetObjectCommandInput } from "@aws-sdk/client-s3";
import { startCloud, type TestCloud } from "../../support/cloud.ts";

export const BUCKET = "conformance-bucket";

export interface S3Test extends AsyncDisposable {
  readonly cloud: TestCloud;
  readonly s3: S3Client;
}

/** A cloud with one bucket and a client of it. */
export async function startS3(): Promise<S3Test> {
  const cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    cloud, s3,
    [Symbol.asyncDispose]: async () => {
      s3.destroy();
      await cloud.stop();
    },
  };
}

export async function read(s3: S3Client, input: Omit<GetObjectCommandInput, "Bucket">): Promise<string> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, ...input }));
  return (await body?.transformToString("latin1")) ?? "";
}

/** What an SDK's error carries beside its name and message: S3's own elements. */
export interface S3Error extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  readonly [element: string]: unknown;
}

/** The error that a call ends with; fails when it succeeds. */
export async function failure(call: Promise<unknown>): Promise<S3Error> {
  try {
    await call;
  } catch (error) {
    return error as S3Error;
  }
  throw new Error("the call succeeded");
}
