import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2, type CreateFunctionCommandInput, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { startCloud, type TestCloud } from "../../support/cloud.ts";

export type Files = Readonly<Record<string, string>>;

/** A deployment package of these files. */
export async function zipOf(files: Files): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return buffer(archive.outputStream);
}

export const LAMBDA_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
export const ALL_LOGS = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "logs:*", Resource: "*" }] });

/** Makes a role that Lambda may take on and gives its ARN. */
export async function makeRole(cloud: TestCloud, name: string, options: { readonly policy?: string; readonly trust?: string } = {}): Promise<string> {
  const iam = new IAMClient(cloud.client);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: options.trust ?? LAMBDA_TRUST }));
  if (options.policy !== undefined) await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "inline", PolicyDocument: options.policy }));
  return Role?.Arn ?? "";
}

/** A cloud with a client of Lambda and a role for functions. */
export interface LambdaCloud extends AsyncDisposable {
  readonly cloud: TestCloud;
  readonly lambda: LambdaClient;
  readonly role: string;
}

export async function startLambda(): Promise<LambdaCloud> {
  const cloud = await startCloud();
  return { cloud, lambda: new LambdaClient(cloud.client), role: await makeRole(cloud, "functions", { policy: ALL_LOGS }), [Symbol.asyncDispose]: () => cloud.stop() };
}

export interface FunctionOptions extends Partial<Omit<CreateFunctionCommandInput, "Code">> {
  readonly files: Files;
}

/** Creates a function and waits as clients do until it is active. */
export async function makeFunction({ lambda, role }: Pick<LambdaCloud, "lambda" | "role">, name: string, { files, ...more }: FunctionOptions): Promise<string> {
  const { FunctionArn } = await lambda.send(new CreateFunctionCommand({
    FunctionName: name, Runtime: "nodejs24.x", Handler: "index.handler", Role: role, Code: { ZipFile: await zipOf(files) }, ...more,
  }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10, minDelay: 0.05, maxDelay: 1 }, { FunctionName: name });
  return FunctionArn ?? "";
}

export interface Answer {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly value: unknown;
  readonly log: string;
}

/** Invokes a function, by its name or with more of Invoke's settings, with the log's tail, and reads the answer. */
export async function call(lambda: LambdaClient, fn: string | InvokeCommandInput, event: unknown = {}): Promise<Answer> {
  const answer = await lambda.send(new InvokeCommand({ Payload: JSON.stringify(event), LogType: "Tail", ...(typeof fn === "string" ? { FunctionName: fn } : fn) }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  return { status: answer.StatusCode, error: answer.FunctionError, value: text === "" ? undefined : JSON.parse(text), log: Buffer.from(answer.LogResult ?? "", "base64").toString() };
}

/** What a command was refused with. */
export async function refusal(attempt: Promise<unknown>): Promise<{ readonly name: string; readonly message: string; readonly status: number | undefined }> {
  try {
    await attempt;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error("it was not refused");
}
