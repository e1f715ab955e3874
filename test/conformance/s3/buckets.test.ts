import {
  CreateBucketCommand, DeleteBucketCommand, GetBucketLocationCommand, HeadBucketCommand, ListBucketsCommand, paginateListBuckets, PutObjectCommand,
  DeleteObjectCommand, CreateMultipartUploadCommand, UploadPartCommand, S3Client, type BucketLocationConstraint, waitUntilBucketExists,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { presign } from "../../support/presign.ts";
import { BUCKET, failure, startS3 } from "./support.ts";

test("a bucket is created, found, listed and deleted", async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  expect(await s3.send(new CreateBucketCommand({ Bucket: "photos-of-dogs" }))).toMatchObject({ Location: "/photos-of-dogs" });
  await waitUntilBucketExists({ client: s3, minDelay: 1, maxWaitTime: 5 }, { Bucket: "photos-of-dogs" });
  expect(await s3.send(new HeadBucketCommand({ Bucket: "photos-of-dogs" }))).toMatchObject({ BucketRegion: "us-east-1" });
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: "photos-of-dogs" }))).LocationConstraint).toBeUndefined();
  const { Buckets, Owner } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets).toMatchObject([{ Name: "photos-of-dogs", CreationDate: expect.any(Date) as Date }]);
  expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
  await s3.send(new DeleteBucketCommand({ Bucket: "photos-of-dogs" }));
  expect((await failure(s3.send(new HeadBucketCommand({ Bucket: "photos-of-dogs" })))).name).toBe("NotFound");
});

const NO_NAMES = ["ab", "Photos", "photos_2", "-photos", "photos-", "pho..tos", "192.168.0.1", "xn--photos", "photos-s3alias", "a".repeat(64)];

test("a name that is no bucket's is refused", async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  for (const name of NO_NAMES) {
    expect(await failure(s3.send(new CreateBucketCommand({ Bucket: name })))).toMatchObject({
      name: "InvalidBucketName", message: "The specified bucket is not valid.", BucketName: name, $metadata: { httpStatusCode: 400 },
    });
  }
});

test("creating one's own bucket again succeeds in us-east-1 and fails elsewhere", async () => {
  await using cloud = await startCloud();
  const east = new S3Client(cloud.client);
  const ireland = new S3Client({ ...cloud.client, region: "eu-west-1" });
  const inIreland = { Bucket: "dublin-dogs", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" as const } };
  await east.send(new CreateBucketCommand({ Bucket: "east-dogs" }));
  await east.send(new CreateBucketCommand({ Bucket: "east-dogs" }));
  await ireland.send(new CreateBucketCommand(inIreland));
  expect(await failure(ireland.send(new CreateBucketCommand(inIreland)))).toMatchObject({
    name: "BucketAlreadyOwnedByYou", message: "Your previous request to create the named bucket succeeded and you already own it.",
  });
});

test("a region's endpoint creates buckets of its own region only", async () => {
  await using cloud = await startCloud();
  const ireland = new S3Client({ ...cloud.client, region: "eu-west-1" });
  const create = (constraint: BucketLocationConstraint): Promise<unknown> =>
    ireland.send(new CreateBucketCommand({ Bucket: "some-dogs", CreateBucketConfiguration: { LocationConstraint: constraint } }));
  // Without a body: this client would put its own region in.
  const bare = await fetch(presign({ endpoint: cloud.endpoint, method: "PUT", path: "/some-dogs", region: "eu-west-1" }), { method: "PUT" });
  expect(await bare.text()).toContain("The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.");
  expect((await failure(create("eu-central-1"))).message).toContain("The eu-central-1 location constraint is incompatible");
  expect((await failure(create("us-east-1" as never))).name).toBe("InvalidLocationConstraint");
  await create("eu-west-1");
  expect(await ireland.send(new GetBucketLocationCommand({ Bucket: "some-dogs" }))).toMatchObject({ LocationConstraint: "eu-west-1" });
});

test("a request signed for another region is told the right one", async () => {
  await using cloud = await startCloud();
  const east = new S3Client(cloud.client);
  await east.send(new CreateBucketCommand({ Bucket: "paris-dogs", CreateBucketConfiguration: { LocationConstraint: "eu-west-3" } }));
  expect(await failure(east.send(new PutObjectCommand({ Bucket: "paris-dogs", Key: "a", Body: "" })))).toMatchObject({
    name: "AuthorizationHeaderMalformed", Region: "eu-west-3", $metadata: { httpStatusCode: 400 },
    message: "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-3'",
  });
  const following = new S3Client({ ...cloud.client, region: "eu-west-3" });
  await following.send(new PutObjectCommand({ Bucket: "paris-dogs", Key: "a", Body: "" }));
});

test("a bucket with an object stays; unfinished uploads go with it", async () => {
  await using test = await startS3();
  const { s3 } = test;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a", Body: "a" }));
  expect(await failure(s3.send(new DeleteBucketCommand({ Bucket: BUCKET })))).toMatchObject({
    name: "BucketNotEmpty", message: "The bucket you tried to delete is not empty", BucketName: BUCKET, $metadata: { httpStatusCode: 409 },
  });
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "a" }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "b" }));
  await s3.send(new UploadPartCommand({ Bucket: BUCKET, Key: "b", UploadId, PartNumber: 1, Body: "part" }));
  await s3.send(new DeleteBucketCommand({ Bucket: BUCKET }));
});

test("buckets are listed in pages, by prefix and region", async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  for (const name of ["cats-1", "dogs-1", "dogs-2", "dogs-3"]) await s3.send(new CreateBucketCommand({ Bucket: name }));
  const names: (string | undefined)[] = [];
  let pages = 0;
  for await (const page of paginateListBuckets({ client: s3, pageSize: 2 }, { Prefix: "dogs-" })) {
    pages += 1;
    names.push(...(page.Buckets ?? []).map((bucket) => bucket.Name));
  }
  expect(names).toEqual(["dogs-1", "dogs-2", "dogs-3"]);
  expect(pages).toBe(2);
  expect((await s3.send(new ListBucketsCommand({ BucketRegion: "eu-west-1" }))).Buckets ?? []).toEqual([]);
});

test("a bucket of somebody else than expected is not touched", async () => {
  await using test = await startS3();
  const expecting = (owner: string): Promise<unknown> => test.s3.send(new HeadBucketCommand({ Bucket: BUCKET, ExpectedBucketOwner: owner }));
  await expecting("000000000000");
  expect((await failure(expecting("123456789012"))).$metadata.httpStatusCode).toBe(403);
});
