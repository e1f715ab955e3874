import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buffer } from "node:stream/consumers";
import { CreateFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { ZipFile } from "yazl";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

interface PackedFile {
  readonly path: string;
}

let folder: string;
let packed: { readonly filename: string; readonly size: number; readonly files: readonly PackedFile[] };

/** Packs as for publishing, and installs the tarball into an empty project whose dependencies are already there. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sagebrush-package-"));
  const { stdout } = await run("npm", ["run", "--silent", "pack", "--", "--json", "--pack-destination", folder], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
  packed = (JSON.parse(stdout) as (typeof packed)[])[0] ?? { filename: "", size: 0, files: [] };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "somebody", private: true, type: "module" }));
  linkDependencies(join(folder, "node_modules"));
  await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, packed.filename)], { cwd: folder });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Only what package.json says that the package needs: what is merely used while developing is not there. */
function linkDependencies(modules: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(realpathSync(join(ROOT, "node_modules", name)), join(modules, name));
  }
}

const sagebrush = (...args: string[]): ReturnType<typeof run> =>
  run("npx", ["--no-install", "sagebrush", ...args], { cwd: folder });

/** `sagebrush serve` on a free port; ends with the test. */
async function serve(): Promise<AsyncDisposable & { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const server = spawn(process.execPath, [join(folder, "node_modules", ".bin", "sagebrush"), "serve", "--port", "0"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => server.once("exit", resolve));
  let said = "";
  for await (const line of createInterface(server.stdout)) {
    said += `${line}\n`;
    if (line.includes("limits")) break;
  }
  const [, endpoint = ""] = /ready at (\S+)/.exec(said) ?? [];
  const [, accessKeyId = "", secretAccessKey = ""] = /AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/.exec(said) ?? [];
  return {
    endpoint, accessKeyId, secretAccessKey,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGTERM");
      await exited;
    },
  };
}

test("the package carries the programs and what they read, not the sources, the tests or the example", () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of [
    "bin/sagebrush.mjs", "LICENSE", "README.md", "dist/index.js", "dist/index.d.ts", "dist/cli/main.js",
    "dist/wire/constraints/generated/sagemaker.json", "dist/runtimes/functions/bootstrap/python.py", "dist/runtimes/functions/bootstrap/node.cjs",
    "dist/algorithms/image-classification/backbone/dogs-free-small.onnx",
  ]) expect(paths).toContain(path);
  expect(paths.filter((path) => /^(src|test|bench|examples)\//.test(path) || (path.endsWith(".ts") && !path.endsWith(".d.ts")))).toEqual([]);
  expect(packed.size).toBeLessThan(8_000_000);
});

test("start needs a project of one's own: the example is in the clone only", async () => {
  await expect(sagebrush("start", "--once", "--port", "0")).rejects.toMatchObject({ stderr: expect.stringContaining(join(folder, "sagebrush.config.ts is not there")) as string });
});

test("npx sagebrush --help names every command", async () => {
  const { stdout } = await sagebrush("--help");
  for (const command of ["start", "serve", "up", "invoke", "status", "logs", "down", "doctor"]) expect(stdout).toContain(command);
});

test("a project file is checked by the package's own types", async () => {
  const project = (extra: string): string => `import { defineProject } from "sagebrush";
export default defineProject({
  name: "dogs", data: { images: "./data" },
  training: { algorithm: "image-classification", instances: { type: "ml.m5.xlarge" } },
  endpoint: { instances: { type: "ml.m5.large" } }, function: { handler: "./classify.ts" ${extra} },
});\n`;
  const check = (): Promise<unknown> =>
    run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "--noEmit", "--strict", "--module", "nodenext", "--skipLibCheck", "false", "--types", "", "sagebrush.config.ts"], { cwd: folder });
  writeFileSync(join(folder, "sagebrush.config.ts"), project(""));
  await check();
  writeFileSync(join(folder, "sagebrush.config.ts"), project(", memroy: 512"));
  await expect(check()).rejects.toMatchObject({ stdout: expect.stringContaining("memroy") as string });
}, 60_000);

test("the package's second entry holds the SDK", async () => {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", 'import { Estimator, Model, Predictor } from "sagebrush/sdk"; console.log(Estimator.name, Model.name, Predictor.name);'], { cwd: folder });
  expect(stdout).toBe("Estimator Model Predictor\n");
});

test("serve from the package runs a function, with the SDK in it, as its role", async () => {
  await using server = await serve();
  const settings = { endpoint: server.endpoint, region: "us-east-1", credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey } };
  const { Role } = await new IAMClient(settings).send(new CreateRoleCommand({
    RoleName: "asker",
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] }),
  }));
  const lambda = new LambdaClient(settings);
  await lambda.send(new CreateFunctionCommand({
    FunctionName: "asker", Runtime: "nodejs22.x", Handler: "index.handler", Role: Role?.Arn,
    Code: { ZipFile: await zipOf(`import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
export const handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;`) },
  }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: "asker" });
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "asker" }));
  expect(new TextDecoder().decode(Payload)).toBe('"arn:aws:sts::000000000000:assumed-role/asker/asker"');
}, 60_000);

async function zipOf(code: string): Promise<Uint8Array> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(code), "index.mjs");
  zip.end();
  return buffer(zip.outputStream);
}
