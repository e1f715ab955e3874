import { text, unlessMissing, type Attributes, type ResourceKind } from "./resource-kind.ts";

const attributes = (name: string): Attributes => ({ Ref: name, Arn: `arn:aws:s3:::${name}` });

export const bucket: ResourceKind = {
  async find(clients, properties) {
    const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
    const name = text(properties, "BucketName");
    const found = await unlessMissing((await clients.s3()).send(new HeadBucketCommand({ Bucket: name })));
    return found && { attributes: attributes(name), current: true };
  },
  async create(clients, properties) {
    const { CreateBucketCommand } = await import("@aws-sdk/client-s3");
    const name = text(properties, "BucketName");
    const { region } = clients.target;
    await (await clients.s3()).send(new CreateBucketCommand({
      Bucket: name,
      // us-east-1 is the one region that must not be named.
      ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" } }),
    }));
    return attributes(name);
  },
  async remove(clients, properties) {
    const { DeleteBucketCommand, DeleteObjectsCommand, paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
    const client = await clients.s3();
    const Bucket = text(properties, "BucketName");
    await unlessMissing((async () => {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
        if (Contents.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: Contents.map(({ Key }) => ({ Key })) } }));
      }
      await client.send(new DeleteBucketCommand({ Bucket }));
    })());
  },
};
