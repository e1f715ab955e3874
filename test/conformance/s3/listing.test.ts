import { ListObjectsCommand, ListObjectsV2Command, ListObjectVersionsCommand, paginateListObjectsV2, PutObjectCommand, type ListObjectsV2CommandInput } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, startS3, type S3Test } from "./support.ts";

const KEYS = ["a.txt", "dogs/beagle/1.jpg", "dogs/beagle/2.jpg", "dogs/poodle/1.jpg", "dogs/readme", "dogs0", "z"];

async function fill({ s3 }: S3Test, keys: readonly string[] = KEYS): Promise<void> {
  await Promise.all(keys.map((key) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: key }))));
}

/** `keys | prefixes` of one page. */
async function list({ s3 }: S3Test, input: Partial<ListObjectsV2CommandInput> = {}): Promise<{ keys: unknown[]; prefixes: unknown[]; next: string | undefined; count: number | undefined }> {
  const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
  return {
    keys: (page.Contents ?? []).map((each) => each.Key), prefixes: (page.CommonPrefixes ?? []).map((each) => each.Prefix),
    next: page.NextContinuationToken, count: page.KeyCount,
  };
}

test("keys come in the order of their UTF-8 bytes", async () => {
  await using test = await startS3();
  const keys = ["Z", "a", "a b", "a/", "a/b", "a0", "ä", "犬", "\u{ffff}", "🐕"];
  await fill(test, keys.toReversed());
  expect((await list(test)).keys).toEqual(keys);
});

test("a delimiter rolls up what lies below", async () => {
  await using test = await startS3();
  await fill(test);
  expect(await list(test, { Delimiter: "/" })).toMatchObject({ keys: ["a.txt", "dogs0", "z"], prefixes: ["dogs/"], count: 4 });
  expect(await list(test, { Delimiter: "/", Prefix: "dogs/" })).toMatchObject({ keys: ["dogs/readme"], prefixes: ["dogs/beagle/", "dogs/poodle/"] });
  expect(await list(test, { Delimiter: "/", Prefix: "dogs" })).toMatchObject({ keys: ["dogs0"], prefixes: ["dogs/"] });
  expect(await list(test, { Prefix: "dogs/p" })).toMatchObject({ keys: ["dogs/poodle/1.jpg"], prefixes: [] });
  expect(await list(test, { Delimiter: "eagle/" })).toMatchObject({ prefixes: ["dogs/beagle/"] });
  expect(await list(test, { Prefix: "none" })).toMatchObject({ keys: [], count: 0 });
});

test("pages of every size give each key and prefix once", async () => {
  await using test = await startS3();
  await fill(test);
  for (const delimiter of [undefined, "/"]) {
    const whole = await list(test, { Delimiter: delimiter });
    for (const size of [1, 2, 3, 7]) {
      const seen: { keys: unknown[]; prefixes: unknown[] } = { keys: [], prefixes: [] };
      for await (const page of paginateListObjectsV2({ client: test.s3, pageSize: size }, { Bucket: BUCKET, Delimiter: delimiter })) {
        expect((page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0)).toBeLessThanOrEqual(size);
        seen.keys.push(...(page.Contents ?? []).map((each) => each.Key));
        seen.prefixes.push(...(page.CommonPrefixes ?? []).map((each) => each.Prefix));
      }
      expect(seen).toEqual({ keys: whole.keys, prefixes: whole.prefixes });
    }
  }
});

test("a page that ends exactly at the end is not truncated", async () => {
  await using test = await startS3();
  await fill(test);
  expect(await list(test, { MaxKeys: 7 })).toMatchObject({ count: 7, next: undefined });
  expect(await list(test, { MaxKeys: 4, Delimiter: "/" })).toMatchObject({ count: 4, next: undefined });
  expect(await list(test, { MaxKeys: 0 })).toMatchObject({ keys: [], count: 0, next: undefined });
  expect((await failure(list(test, { MaxKeys: -1 }))).name).toBe("InvalidArgument");
});

test("a listing starts after a key that need not exist", async () => {
  await using test = await startS3();
  await fill(test);
  expect((await list(test, { StartAfter: "dogs/c" })).keys).toEqual(["dogs/poodle/1.jpg", "dogs/readme", "dogs0", "z"]);
  expect((await list(test, { StartAfter: "dogs/beagle/2.jpg", Prefix: "dogs/beagle/" })).keys).toEqual([]);
  expect(await failure(list(test, { ContinuationToken: "nonsense" }))).toMatchObject({
    name: "InvalidArgument", message: "The continuation token provided is incorrect",
  });
});

test("names are encoded when asked, and owners told when asked", async () => {
  await using test = await startS3();
  await fill(test, ["a b/ü+(1).txt"]);
  const page = await test.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, EncodingType: "url", FetchOwner: true }));
  expect(page).toMatchObject({ EncodingType: "url", Contents: [{ Key: "a+b/%C3%BC%2B%281%29.txt", StorageClass: "STANDARD", Size: 14 }] });
  expect(page.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
  expect((await test.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents?.[0]?.Owner).toBeUndefined();
});

test("the first version pages by marker, which it tells only with a delimiter", async () => {
  await using test = await startS3();
  await fill(test);
  const first = await test.s3.send(new ListObjectsCommand({ Bucket: BUCKET, Delimiter: "/", MaxKeys: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: "dogs/", Contents: [{ Key: "a.txt" }], CommonPrefixes: [{ Prefix: "dogs/" }] });
  const second = await test.s3.send(new ListObjectsCommand({ Bucket: BUCKET, Delimiter: "/", MaxKeys: 2, Marker: first.NextMarker }));
  expect(second).toMatchObject({ IsTruncated: false, Marker: "dogs/", Contents: [{ Key: "dogs0" }, { Key: "z" }] });
  const plain = await test.s3.send(new ListObjectsCommand({ Bucket: BUCKET, MaxKeys: 2 }));
  expect([plain.IsTruncated, plain.NextMarker]).toEqual([true, undefined]);
});

test("without versioning each object is its own latest version", async () => {
  await using test = await startS3();
  await fill(test, ["a"]);
  expect((await test.s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }))).Versions).toMatchObject([{ Key: "a", VersionId: "null", IsLatest: true }]);
});
