import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { Principal } from "../../../wire/principal.ts";
import type { RequestContext } from "../../../wire/service.ts";
import { errors } from "../errors.ts";
import { parseS3Uri } from "../validate.ts";

/** Asks S3, as the job's role, whether every channel has something in it; AWS does so before it accepts the job. */
export async function checkInputData(request: CreateTrainingJobRequest, { call, region }: Pick<RequestContext, "call" | "region">, principal: Principal): Promise<void> {
  for (const channel of request.InputDataConfig ?? []) {
    const uri = channel.DataSource?.S3DataSource?.S3Uri;
    if (uri === undefined) continue;
    const { bucket, key } = parseS3Uri(uri);
    const refuse = (cause: string): Error => errors.noObjects(uri, request.RoleArn ?? "", { bucket, region, cause });
    const listing = await call("s3", "ListObjectsV2", { Bucket: bucket, Prefix: key, MaxKeys: 1 }, { principal, region })
      .catch((error: unknown) => {
        throw refuse((error as Error).message);
      });
    if ((listing.KeyCount ?? 0) === 0) throw refuse("");
  }
}
