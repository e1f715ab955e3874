import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CreateFunctionUrlConfigCommand, DeleteFunctionCommand, GetFunctionCommand, GetFunctionUrlConfigCommand, LambdaClient, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCodeStore } from "../../../src/services/lambda/code/store.ts";
import { unreferencedPackages } from "../../../src/services/lambda/migrations/0002-unreferenced.ts";
import { systemRandom } from "../../../src/shared/random.ts";
import { openStore } from "../../../src/store/index.ts";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { ALL_LOGS, makeFunction, makeRole, refusal, zipOf } from "./support.ts";

const FILES = { "index.js": "exports.handler = async () => 'ok';" };
const FunctionName = "half";
let data = "";

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "sagebrush-half-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** SQL over the records while no server runs. */
function records<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(data, "records.sqlite"));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** The second change that an operation makes fails, as if the server had died between the two. */
const failingAt = (event: string): void => records((database) => database.exec(`CREATE TRIGGER broken BEFORE ${event} BEGIN SELECT RAISE(ABORT, 'broken'); END`));

const served = async (work: (lambda: LambdaClient, cloud: TestCloud) => Promise<unknown>): Promise<void> => {
  await using cloud = await startCloud({ data });
  await work(new LambdaClient(cloud.client), cloud);
};

const make = async (lambda: LambdaClient, cloud: TestCloud): Promise<void> =>
  void await makeFunction({ lambda, role: await makeRole(cloud, "functions", { policy: ALL_LOGS }) }, FunctionName, { files: FILES });

const packages = (): readonly string[] => records((database) => database.prepare("SELECT key FROM lambda_unreferenced").all().map((row) => String(row["key"])));

test("a URL that could not be made whole is not there at all", async () => {
  await served(make);
  failingAt("UPDATE ON lambda_functions");
  await served(async (lambda) => {
    expect((await refusal(lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" })))).status).toBe(500);
  });
  expect(records((database) => database.prepare("SELECT count(*) AS n FROM lambda_urls").get())).toEqual({ n: 0 });
});

test("a function that could not be deleted whole is there as before, with its URL and its package", async () => {
  await served(async (lambda, cloud) => {
    await make(lambda, cloud);
    await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "NONE" }));
  });
  failingAt("DELETE ON lambda_urls");
  await served(async (lambda) => {
    expect((await refusal(lambda.send(new DeleteFunctionCommand({ FunctionName })))).status).toBe(500);
    await lambda.send(new GetFunctionCommand({ FunctionName }));
    await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }));
  });
  expect(packages()).toEqual([]);
});

test("the URL of a function that is gone is not that of the next one with its name", async () => {
  await served(make);
  // What versions before left behind when they were killed between two writes.
  const id = "a".repeat(32);
  records((database) => database.exec(`INSERT INTO lambda_urls (key, value) SELECT '${id}', json_object('id', '${id}', 'functionKey', key, 'functionArn', json_extract(value, '$.arn'), 'region', 'us-east-1', 'authType', 'NONE', 'created', 0, 'modified', 0) FROM lambda_functions`));
  await served(async (_, { endpoint }) => {
    // By its name over 127.0.0.1: what a resolver does for names under localhost.
    const status = await new Promise((resolve, reject) => {
      get(endpoint, { headers: { host: `${id}.lambda-url.us-east-1.localhost` } }, (response) => resolve(response.resume().statusCode)).on("error", reject);
    });
    expect(status).toBe(404);
  });
});

test("no package stays marked for removal once creating, changing and deleting are done", async () => {
  await served(async (lambda, cloud) => {
    await make(lambda, cloud);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: await zipOf({ ...FILES, "more.js": "" }) }));
  });
  expect(packages()).toEqual([]);
  await served((lambda) => lambda.send(new DeleteFunctionCommand({ FunctionName })));
  expect(packages()).toEqual([]);
});

test("a package that was received and named by nobody, or given up and not yet removed, is gone after the next start", async () => {
  const open = () => openStore({ folder: data, migrations: [unreferencedPackages], random: systemRandom, durability: "process" });
  const zip = await zipOf(FILES);
  const first = open();
  const before = openCodeStore(first);
  const [received, kept, forgotten] = await Promise.all([before.receive(zip), before.receive(zip), before.receive(zip)]);
  for (const { record } of [kept, forgotten]) {
    before.adopt(record);
    await before.place(record);
  }
  before.forget(forgotten.record);
  first.close();

  const second = open();
  expect([...second.blobs.list()].toSorted()).toEqual([received, kept, forgotten].map(({ record }) => record.blob).toSorted());
  await openCodeStore(second).sweep(new Set([kept.record.blob]));
  expect([...second.blobs.list()]).toEqual([kept.record.blob]);
  second.close();
});
