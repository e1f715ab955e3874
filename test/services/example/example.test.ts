import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteQueryDefinitionCommand, DescribeLogGroupsCommand, DescribeQueryDefinitionsCommand, PutQueryDefinitionCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect, test } from "vitest";
import { MIGRATIONS, SERVICES } from "../../../src/services/registry.ts";
import { example } from "../../../src/services/_example/index.ts";
import { startExample, type ExampleCloud } from "./support.ts";

const put = async ({ client }: ExampleCloud, name: string, more: Partial<PutQueryDefinitionCommand["input"]> = {}): Promise<string> =>
  (await client.send(new PutQueryDefinitionCommand({ name, queryString: "fields @message", ...more }))).queryDefinitionId ?? "";

test("a query is kept, found, replaced whole and deleted", async () => {
  await using cloud = await startExample();
  const id = await put(cloud, "errors", { logGroupNames: ["/aws/lambda/dogs"] });
  const find = async (): Promise<unknown> => (await cloud.client.send(new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: "err" }))).queryDefinitions;
  expect(await find()).toMatchObject([{ queryDefinitionId: id, name: "errors", queryString: "fields @message", logGroupNames: ["/aws/lambda/dogs"] }]);

  await put(cloud, "errors of today", { queryDefinitionId: id });
  expect(await find()).toMatchObject([{ queryDefinitionId: id, name: "errors of today", logGroupNames: [] }]);

  expect(await cloud.client.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: id }))).toMatchObject({ success: true });
  expect(await find()).toEqual([]);
});

test("the same request sent again makes no second query", async () => {
  await using cloud = await startExample();
  const clientToken = "0f8fad5b-d9cb-469f-a165-70867728950e";
  expect(await put(cloud, "once", { clientToken })).toBe(await put(cloud, "once", { clientToken }));
  expect(await put(cloud, "twice")).not.toBe(await put(cloud, "twice"));
});

test("pages go on where the last one ended", async () => {
  await using cloud = await startExample();
  const ids = new Set(await Promise.all(["a", "b", "c", "d", "e"].map((name) => put(cloud, name))));
  const found: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await cloud.client.send(new DescribeQueryDefinitionsCommand({ maxResults: 2, nextToken }));
    expect(page.queryDefinitions?.length).toBeLessThanOrEqual(2);
    found.push(...(page.queryDefinitions ?? []).map(({ queryDefinitionId }) => queryDefinitionId));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(found).toHaveLength(5);
  expect(new Set(found)).toEqual(ids);
  await expect(cloud.client.send(new DescribeQueryDefinitionsCommand({ nextToken: "elsewhere" }))).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("what it does not do is refused by name, and an operation without a handler names itself", async () => {
  await using cloud = await startExample();
  await expect(put(cloud, "sql", { queryLanguage: "SQL" })).rejects.toMatchObject({ name: "NotImplemented", message: "queryLanguage SQL is not supported by Sagebrush." });
  await expect(cloud.client.send(new DescribeLogGroupsCommand({}))).rejects.toMatchObject({ name: "NotImplemented", message: expect.stringContaining("DescribeLogGroups") as string });
});

test("the wire layer refuses bad input before the handler sees it", async () => {
  await using cloud = await startExample();
  await expect(put(cloud, "long", { queryString: "x".repeat(10_001) })).rejects.toMatchObject({
    name: "InvalidParameterException", message: expect.stringContaining("Member must have length less than or equal to 10000") as string,
  });
  expect(cloud.asked).toEqual([]);
});

test("IAM is asked before anything happens, and its no is final", async () => {
  await using cloud = await startExample();
  await put(cloud, "errors");
  cloud.denyAll();
  await expect(put(cloud, "more")).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect(cloud.asked).toEqual([{ action: "logs:PutQueryDefinition", resource: "*" }, { action: "logs:PutQueryDefinition", resource: "*" }]);
});

test("a query is still there after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-example-"));
  try {
    const id = await (async () => {
      await using cloud = await startExample({ folder });
      return await put(cloud, "errors");
    })();
    await using cloud = await startExample({ folder });
    await expect(cloud.client.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: id }))).resolves.toMatchObject({ success: true });
    await expect(cloud.client.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: id }))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("it is no part of the product", () => {
  expect(SERVICES).not.toContain(example);
  expect(MIGRATIONS.map(({ id }) => id)).not.toContain("example/0001-queries");
});
