import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createAssumeRole } from "../../../src/cloud/assume-role.ts";
import { createAuthorizer } from "../../../src/cloud/authorizer.ts";
import { createCredentialSource } from "../../../src/cloud/credentials.ts";
import { createDirectory, iam } from "../../../src/services/iam/index.ts";
import { sts } from "../../../src/services/sts/index.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { silentLog } from "../../../src/shared/log.ts";
import { systemRandom } from "../../../src/shared/random.ts";
import { openStore } from "../../../src/store/index.ts";
import { createCaller } from "../../../src/wire/invoke.ts";
import { rootPrincipal, servicePrincipal } from "../../../src/wire/principal.ts";
import { createRegistry, type RegisteredService } from "../../../src/wire/registry.ts";
import type { RunningService, ServiceCaller, ServiceDependencies } from "../../../src/wire/service.ts";

const account = "000000000000";
const region = "us-east-1";
const root = { principal: rootPrincipal(account) };

/** IAM, STS and what lies between them, without listeners. */
async function startServices(): Promise<AsyncDisposable & { readonly call: ServiceCaller; readonly assumeRole: ServiceDependencies["assumeRole"] }> {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-sts-"));
  const store = openStore({ folder, migrations: [...iam.migrations, ...sts.migrations], random: systemRandom, durability: "process" });
  const shared = { clock: systemClock, random: systemRandom, log: silentLog };
  const early = (): never => { throw new Error("not yet"); };
  const dependencies: ServiceDependencies = { ...shared, store, account, region, call: early, assumeRole: early, machineEndpoint: early, publicEndpoint: early };
  const iamService = await iam.start(dependencies);
  const directory = createDirectory(iamService.state);
  const stsService = await sts.start({ ...dependencies, roles: directory });
  const credentials = createCredentialSource({ root: [], users: directory, sessions: stsService.state.sessions });
  const registered = <State extends object>({ id, loadSdk }: Pick<RegisteredService, "id" | "loadSdk">, running: RunningService<State>): RegisteredService =>
    ({ id, loadSdk, running: running as unknown as RunningService<object> });
  const registry = createRegistry([registered(iam, iamService), registered(sts, stsService)]);
  const call = createCaller({ ...shared, registry, authorizer: createAuthorizer({ iam: directory, clock: systemClock }) }, region);
  return {
    call,
    assumeRole: createAssumeRole({ call, credentials, account }),
    async [Symbol.asyncDispose]() {
      await stsService.stop();
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const trust = (Service: string, Condition: object = {}): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole", Condition } });
const RoleArn = `arn:aws:iam::${account}:role/execution`;
const request = { roleArn: RoleArn, sessionName: "job-1", service: "sagemaker.amazonaws.com" };
const create = (call: ServiceCaller, AssumeRolePolicyDocument: string) => call("iam", "CreateRole", { RoleName: "execution", AssumeRolePolicyDocument }, root);

test("a service assumes a role that trusts it, and acts as its session", async () => {
  await using services = await startServices();
  await create(services.call, trust("sagemaker.amazonaws.com"));
  const { principal, accessKeyId, sessionToken } = await services.assumeRole(request);
  expect(accessKeyId).toMatch(/^ASIA/);
  expect(sessionToken.length).toBeGreaterThan(100);
  expect(await services.call("sts", "GetCallerIdentity", {}, { principal })).toMatchObject({ Arn: `arn:aws:sts::${account}:assumed-role/execution/job-1` });
  await expect(services.call("iam", "ListRoles", {}, { principal })).rejects.toThrow("because no identity-based policy allows the iam:ListRoles action");
});

test("a service that the role does not trust is refused", async () => {
  await using services = await startServices();
  await create(services.call, trust("lambda.amazonaws.com"));
  await expect(services.assumeRole(request)).rejects.toMatchObject({
    code: "AccessDenied", status: 403, message: `User: sagemaker.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  });
});

test("a trust policy may ask for which resource the service acts", async () => {
  await using services = await startServices();
  await create(services.call, trust("sagemaker.amazonaws.com", { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": `arn:aws:sagemaker:*:${account}:training-job/*` } }));
  await services.assumeRole({ ...request, sourceArn: `arn:aws:sagemaker:us-east-1:${account}:training-job/dogs` });
  await expect(services.assumeRole({ ...request, sourceArn: `arn:aws:sagemaker:us-east-1:${account}:endpoint/dogs` })).rejects.toMatchObject({ code: "AccessDenied" });
  await expect(services.assumeRole(request)).rejects.toMatchObject({ code: "AccessDenied" });
});

test("a service may do nothing else as itself", async () => {
  await using services = await startServices();
  await expect(services.call("iam", "ListRoles", {}, { principal: servicePrincipal("sagemaker.amazonaws.com", account) })).rejects.toMatchObject({ code: "AccessDenied" });
});

test("policies see by which service a call came", async () => {
  await using services = await startServices();
  await services.call("iam", "CreateUser", { UserName: "ann" }, root);
  const document = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "iam:ListRoles", Resource: "*", Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": "cloudformation.amazonaws.com" }, Bool: { "aws:ViaAWSService": "true" } } },
  });
  await services.call("iam", "PutUserPolicy", { UserName: "ann", PolicyName: "p", PolicyDocument: document }, root);
  const { User } = await services.call("iam", "GetUser", { UserName: "ann" }, root);
  const principal = { kind: "user", account, arn: User?.Arn ?? "", userName: "ann", userId: User?.UserId ?? "", accessKeyId: "AKIAX", tags: {} } as const;
  await expect(services.call("iam", "ListRoles", {}, { principal })).rejects.toMatchObject({ code: "AccessDenied" });
  await services.call("iam", "ListRoles", {}, { principal, via: "cloudformation.amazonaws.com" });
});
