import type { Clients } from "../../sdk/clients.ts";
import { isOurs, madeTags, text, unlessMissing, type Attributes, type ResourceKind } from "./resource-kind.ts";

const attributes = (name: string): Attributes => ({ Ref: name, Arn: `arn:aws:s3:::${name}` });

async function tag(clients: Clients, Bucket: string): Promise<void> {
  const { PutBucketTaggingCommand } = await import("@aws-sdk/client-s3");
  await (await clients.s3()).send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: madeTags() } }));
}

async function isEmpty(clients: Clients, Bucket: string): Promise<boolean> {
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  return (await (await clients.s3()).send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }))).KeyCount === 0;
}

/** A kill between making a bucket and tagging it leaves an empty one: it is taken for our own. Any other is not. */
async function adopt(clients: Clients, name: string): Promise<boolean> {
  const empty = await isEmpty(clients, name);
  if (empty) await tag(clients, name);
  return empty;
}

export const bucket: ResourceKind = {
  async find(clients, properties) {
    const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
    const name = text(properties, "BucketName");
    const found = await unlessMissing((await clients.s3()).send(new HeadBucketCommand({ Bucket: name })));
    if (!found) return undefined;
    const { GetBucketTaggingCommand } = await import("@aws-sdk/client-s3");
    const tags = await (await clients.s3()).send(new GetBucketTaggingCommand({ Bucket: name })).catch((error: Error) => {
      if (error.name === "NoSuchTagSet") return undefined;
      throw error;
    });
    return { attributes: attributes(name), current: true, ours: isOurs(tags?.TagSet) || (await adopt(clients, name)) };
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
    await tag(clients, name);
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
