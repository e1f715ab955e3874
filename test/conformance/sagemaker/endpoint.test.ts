import { DeleteEndpointCommand, CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, ListEndpointsCommand, UpdateEndpointCommand, waitUntilEndpointDeleted } from "@aws-sdk/client-sagemaker";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import * as tar from "tar";
import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { archiveOf } from "./support/archive.ts";
import { hosting, server, WAIT } from "./support/endpoint.ts";

const WHO = server("response.end(process.env.SAGEMAKER_BIND_ADDRESS);");
const says = (text: string): string => server(`response.end(${JSON.stringify(text)});`);

test("an endpoint goes from Creating to InService with as many instances as asked for, and away again", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, create, inService, describe, invoke } = await hosting(cloud);
  await create("who", WHO, { InitialInstanceCount: 3, RoutingConfig: { RoutingStrategy: "LEAST_OUTSTANDING_REQUESTS" } });
  expect(await describe("who")).toMatchObject({ EndpointStatus: "Creating", EndpointConfigName: "who", PendingDeploymentSummary: { EndpointConfigName: "who" } });
  await expect(sagemaker.send(new DeleteEndpointCommand({ EndpointName: "who" }))).rejects.toMatchObject({
    name: "ValidationException", message: 'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/who".',
  });
  await expect(invoke("who")).rejects.toMatchObject({ name: "ValidationError", message: "Endpoint who of account 000000000000 not found." });
  await inService("who");
  expect(await describe("who")).toMatchObject({
    EndpointStatus: "InService",
    ProductionVariants: [{ VariantName: "AllTraffic", CurrentInstanceCount: 3, DesiredInstanceCount: 3, CurrentWeight: 1, DeployedImages: [{ SpecifiedImage: "node-inference:24" }] }],
  });
  const addresses = await Promise.all(Array.from({ length: 30 }, () => invoke("who")));
  expect(new Set(addresses).size).toBe(3);
  await expect(sagemaker.send(new CreateEndpointCommand({ EndpointName: "Who", EndpointConfigName: "who" }))).rejects.toMatchObject({ message: 'Cannot create already existing endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/who".' });
  await expect(invoke("WHO")).rejects.toMatchObject({ name: "ValidationError" });
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: "who" }));
  await waitUntilEndpointDeleted({ client: sagemaker, ...WAIT }, { EndpointName: "who" });
  await expect(describe("who")).rejects.toMatchObject({ message: 'Could not find endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/who".' });
});

test("a container that does not come up fails its endpoint with its own last words, and only deletion works then", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, create, untilStatus, configure } = await hosting(cloud);
  await create("broken", "throw new Error('model.onnx is damaged');");
  const failed = await untilStatus("broken", "Failed");
  expect(failed.FailureReason).toContain("The primary container for production variant AllTraffic did not pass the ping health check. Please check CloudWatch logs for this endpoint.");
  expect(failed.FailureReason).toContain("model.onnx is damaged");
  await configure("other", WHO);
  await expect(sagemaker.send(new UpdateEndpointCommand({ EndpointName: "broken", EndpointConfigName: "other" }))).rejects.toMatchObject({ name: "ValidationException" });
  expect((await sagemaker.send(new ListEndpointsCommand({ StatusEquals: "Failed" }))).Endpoints).toMatchObject([{ EndpointName: "broken" }]);
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: "broken" }));
  await waitUntilEndpointDeleted({ client: sagemaker, ...WAIT }, { EndpointName: "broken" });
});

test("a model archive that is none, holds a link, or is gone is said in AWS's words", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, s3, role, untilStatus, configure } = await hosting(cloud);
  const folder = mkdtempSync(join(tmpdir(), "link-"));
  symlinkSync("/etc", join(folder, "code"));
  await tar.create({ gzip: true, file: join(folder, "link.tar.gz"), cwd: folder }, ["code"]);
  await configure("text", WHO);
  await configure("link", WHO);
  await configure("gone", WHO);
  await s3.send(new PutObjectCommand({ Bucket: "models", Key: "text.tar.gz", Body: "no archive" }));
  await s3.send(new PutObjectCommand({ Bucket: "models", Key: "link.tar.gz", Body: readFileSync(join(folder, "link.tar.gz")) }));
  await s3.send(new DeleteObjectCommand({ Bucket: "models", Key: "gone.tar.gz" }));
  const reason = async (name: string): Promise<string> => {
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    return (await untilStatus(name, "Failed")).FailureReason ?? "";
  };
  expect(await reason("text")).toContain('Failed to extract model data archive from URL "s3://models/text.tar.gz". Please ensure that the object located at the URL is a valid tar.gz archive.');
  expect(await reason("link")).toContain("code is a SymbolicLink, not a file or a folder");
  expect(await reason("gone")).toContain('Failed to download model data from URL "s3://models/gone.tar.gz".');
  await expect(sagemaker.send(new CreateModelCommand({ ModelName: "never", ExecutionRoleArn: role, PrimaryContainer: { Image: "node-inference", ModelDataUrl: "s3://models/never.tar.gz" } }))).rejects.toMatchObject({
    name: "ValidationException", message: expect.stringContaining("Could not access model data at s3://models/never.tar.gz.") as string,
  });
});

test("an update swaps the fleet without losing a request, and the old instances answer what they have", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, create, configure, inService, describe, invoke, untilStatus } = await hosting(cloud);
  await create("swap", server("await new Promise((resolve) => setTimeout(resolve, String(body) === 'slow' ? 4000 : 5)); response.end('old');"));
  await inService("swap");
  await configure("new", says("new"));
  const slow = invoke("swap", "slow");
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName: "swap", EndpointConfigName: "new" }));
  expect(await describe("swap")).toMatchObject({ EndpointStatus: "Updating", EndpointConfigName: "swap", PendingDeploymentSummary: { EndpointConfigName: "new", ProductionVariants: [{ InstanceType: "ml.t2.medium" }] } });
  await expect(sagemaker.send(new UpdateEndpointCommand({ EndpointName: "swap", EndpointConfigName: "new" }))).rejects.toMatchObject({ message: expect.stringContaining("Cannot update in-progress endpoint") as string });
  const answers = new Set<string>();
  while ((await describe("swap")).EndpointStatus === "Updating") answers.add(await invoke("swap"));
  answers.add(await invoke("swap"));
  expect([...answers]).toEqual(["old", "new"]);
  expect(await slow).toBe("old");
  expect(await untilStatus("swap", "InService")).toMatchObject({ EndpointConfigName: "new", ProductionVariants: [{ CurrentInstanceCount: 1 }] });
});

test("an update that fails leaves the old fleet serving and says why", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, create, configure, inService, invoke, untilStatus } = await hosting(cloud);
  await create("keep", says("old"));
  await inService("keep");
  await configure("bad", "process.exit(3);");
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName: "keep", EndpointConfigName: "bad" }));
  const kept = await untilStatus("keep", "InService");
  expect(kept).toMatchObject({ EndpointConfigName: "keep", FailureReason: expect.stringContaining("The container exited with code 3.") as string });
  expect(await invoke("keep")).toBe("old");
});

test("an instance that dies is replaced while the others answer everything", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { create, inService, invoke, describe } = await hosting(cloud);
  // The request that kills is sent to one more instance and no further: three instances would leave one.
  await create("lone", server("if (body.toString() === 'die') process.kill(process.pid, 'SIGKILL'); response.end(process.env.SAGEMAKER_BIND_ADDRESS);"), { InitialInstanceCount: 3 });
  await inService("lone");
  await expect(invoke("lone", "die")).rejects.toMatchObject({ name: "ModelError", OriginalStatusCode: 0 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => invoke("lone")));
  expect(new Set(answers).size).toBe(1);
  await expect.poll(async () => (await describe("lone")).ProductionVariants?.[0]?.CurrentInstanceCount, { timeout: 20_000 }).toBe(3);
  expect(new Set(await Promise.all(Array.from({ length: 40 }, () => invoke("lone")))).size).toBe(3);
});

test("a request waits for the only instance's replacement, unless it was what ended it", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { create, inService, invoke } = await hosting(cloud);
  await create("single", server("if (body.toString() === 'die') process.exit(9); response.end('alive');"));
  await inService("single");
  await expect(invoke("single", "die")).rejects.toMatchObject({ name: "ModelError", OriginalStatusCode: 0 });
  expect(await invoke("single")).toBe("alive");
});

test("an instance that breaks off and lives is avoided for a moment only", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { create, inService, invoke } = await hosting(cloud);
  await create("rude", server("if (body.toString() === 'drop') return response.destroy(); response.end(String(born));", "const born = performance.timeOrigin;"));
  await inService("rude");
  const born = await invoke("rude");
  await expect(invoke("rude", "drop")).rejects.toMatchObject({ name: "ModelError", OriginalStatusCode: 0 });
  expect(await invoke("rude")).toBe(born);
});

test("an instance that stays unhealthy is replaced; one that still answers requests is not", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { create, inService, invoke, describe } = await hosting(cloud);
  const script = server("sick ||= body.toString() === 'sick'; response.end(String(born));", "let sick = false; const born = performance.timeOrigin;").replace("return response.end();", "return response.writeHead(sick ? 503 : 200).end();");
  await create("sick", script);
  await inService("sick");
  const born = await invoke("sick", "sick");
  const tenSeconds = async (): Promise<void> => {
    cloud.clock.advance(10_000);
    await pause(60);
  };
  for (let count = 0; count < 14; count += 1) {
    await tenSeconds();
    if (count === 6 || count === 13) expect(await invoke("sick")).toBe(born);
  }
  for (let count = 0; count < 13; count += 1) await tenSeconds();
  await expect.poll(() => invoke("sick"), { timeout: 15_000 }).not.toBe(born);
  expect((await describe("sick")).EndpointStatus).toBe("InService");
});

test("what an endpoint may not be is refused before anything is stored", async () => {
  await using cloud = await startCloud();
  const { sagemaker, configure } = await hosting(cloud);
  await configure("fine", WHO);
  const variant = { VariantName: "AllTraffic", ModelName: "fine", InstanceType: "ml.t2.medium", InitialInstanceCount: 1 } as const;
  const configOf = (change: object) => sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: "refused", ProductionVariants: [{ ...variant, ...change }] }));
  await expect(configOf({ ModelName: "nobody" })).rejects.toMatchObject({ message: 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/nobody".' });
  await expect(configOf({ InstanceType: "ml.m4.xlarge" })).rejects.toMatchObject({ message: expect.stringContaining("The instance type ml.m4.xlarge is not known to Sagebrush for hosting") as string });
  await expect(configOf({ InstanceType: "ml.t3.medium" })).rejects.toMatchObject({ name: "ValidationException" });
  await expect(configOf({ ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 1 } })).rejects.toMatchObject({ message: expect.stringContaining("ServerlessConfig is not supported by Sagebrush yet") as string });
  await expect(sagemaker.send(new CreateEndpointCommand({ EndpointName: "none", EndpointConfigName: "refused" }))).rejects.toMatchObject({
    message: 'Could not find endpoint configuration "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/refused".',
  });
  await expect(configOf({}).then(() => configOf({}))).rejects.toMatchObject({ message: 'Cannot create already existing endpoint configuration "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/refused".' });
});

test("the built-in algorithm's server says what is wrong with an artifact", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, s3, role, untilStatus } = await hosting(cloud);
  const deploy = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    await s3.send(new PutObjectCommand({ Bucket: "models", Key: `${name}.tar.gz`, Body: await archiveOf(files) }));
    await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: role, PrimaryContainer: { Image: "image-classification:1", ModelDataUrl: `s3://models/${name}.tar.gz` } }));
    await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [{ VariantName: "v", ModelName: name, InstanceType: "ml.m5.large", InitialInstanceCount: 1 }] }));
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    return (await untilStatus(name, "Failed")).FailureReason ?? "";
  };
  const info = { format: 1, input: { name: "data", layout: "NCHW", colours: "RGB", size: { width: 32, height: 32 }, normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, cropShare: 1 }, output: "out", classes: 2, backbone: "tiny" };
  const damaged = await deploy("damaged", { "model.onnx": "no graph", "labels.json": '["a","b"]', "model-info.json": JSON.stringify(info) });
  expect(damaged).toContain("The primary container for production variant v did not pass the ping health check.");
  expect(damaged).toMatch(/could not be loaded: .*(model\.onnx|protobuf)/is);
  expect(await deploy("empty", { "labels.json": '["a","b"]' })).toMatch(/could not be loaded: ENOENT: no such file or directory, open '.*model-info\.json'/);
});
