import type { AddPermissionCommandInput, CreateFunctionCommandInput, FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Clients } from "../../sdk/clients.ts";
import { HASH_TAG, MADE_BY, MADE_TAG, propertiesHash, text, unlessMissing, type Attributes, type Properties, type ResourceKind } from "./resource-kind.ts";

const PATIENCE_SECONDS = 300;

const attributes = ({ FunctionName = "", FunctionArn = "" }: FunctionConfiguration): Attributes => ({ Ref: FunctionName, Arn: FunctionArn });

/** On AWS a role that was just made takes seconds until Lambda can assume it; CloudFormation waits for that in the same way. */
const ROLE_PATIENCE_ATTEMPTS = 10;
const ROLE_PATIENCE_MS = 2000;

export const lambdaFunction: ResourceKind = {
  async find(clients, properties) {
    const { GetFunctionCommand } = await import("@aws-sdk/client-lambda");
    const found = await unlessMissing((await clients.lambda()).send(new GetFunctionCommand({ FunctionName: text(properties, "FunctionName") })));
    return found?.Configuration && { attributes: attributes(found.Configuration), current: found.Tags?.[HASH_TAG] === propertiesHash(properties), ours: found.Tags?.[MADE_TAG] !== undefined };
  },
  async create(clients, properties) {
    const { CreateFunctionCommand, waitUntilFunctionActiveV2 } = await import("@aws-sdk/client-lambda");
    const client = await clients.lambda();
    const input = { ...properties, Tags: { [HASH_TAG]: propertiesHash(properties), [MADE_TAG]: MADE_BY } } as unknown as CreateFunctionCommandInput;
    const made = await retryWhileRoleIsNew(clients, () => client.send(new CreateFunctionCommand(input)));
    await waitUntilFunctionActiveV2({ client, maxWaitTime: PATIENCE_SECONDS, minDelay: 1, maxDelay: 5 }, { FunctionName: text(properties, "FunctionName") });
    return attributes(made);
  },
  async update(clients, properties) {
    const { TagResourceCommand, UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand } = await import("@aws-sdk/client-lambda");
    const client = await clients.lambda();
    const { Code, ...settings } = properties;
    const FunctionName = text(properties, "FunctionName");
    await client.send(new UpdateFunctionCodeCommand({ FunctionName, ...(Code as { S3Bucket: string; S3Key: string }) }));
    await updated(clients, FunctionName);
    const made = await retryWhileRoleIsNew(clients, () => client.send(new UpdateFunctionConfigurationCommand({ ...settings, FunctionName } as never)));
    await updated(clients, FunctionName);
    await client.send(new TagResourceCommand({ Resource: made.FunctionArn, Tags: { [HASH_TAG]: propertiesHash(properties) } }));
    return attributes(made);
  },
  async remove(clients, properties) {
    const { DeleteFunctionCommand } = await import("@aws-sdk/client-lambda");
    await unlessMissing((await clients.lambda()).send(new DeleteFunctionCommand({ FunctionName: text(properties, "FunctionName") })));
  },
};

async function updated(clients: Clients, FunctionName: string): Promise<void> {
  const { waitUntilFunctionUpdatedV2 } = await import("@aws-sdk/client-lambda");
  await waitUntilFunctionUpdatedV2({ client: await clients.lambda(), maxWaitTime: PATIENCE_SECONDS, minDelay: 1, maxDelay: 5 }, { FunctionName });
}

async function retryWhileRoleIsNew<T>(clients: Clients, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const isNewRole = (error as Error).message.includes("cannot be assumed by Lambda");
      if (!isNewRole || attempt === ROLE_PATIENCE_ATTEMPTS) throw error;
      await clients.pause(ROLE_PATIENCE_MS);
    }
  }
}

export const functionUrl: ResourceKind = {
  async find(clients, properties) {
    const { GetFunctionUrlConfigCommand } = await import("@aws-sdk/client-lambda");
    const found = await unlessMissing((await clients.lambda()).send(new GetFunctionUrlConfigCommand({ FunctionName: text(properties, "TargetFunctionArn") })));
    return found && { attributes: urlAttributes(found), current: found.AuthType === properties["AuthType"], ours: true };
  },
  async create(clients, properties) {
    const { CreateFunctionUrlConfigCommand } = await import("@aws-sdk/client-lambda");
    return urlAttributes(await (await clients.lambda()).send(new CreateFunctionUrlConfigCommand({ FunctionName: text(properties, "TargetFunctionArn"), AuthType: text(properties, "AuthType") as "AWS_IAM" })));
  },
  async update(clients, properties) {
    const { UpdateFunctionUrlConfigCommand } = await import("@aws-sdk/client-lambda");
    return urlAttributes(await (await clients.lambda()).send(new UpdateFunctionUrlConfigCommand({ FunctionName: text(properties, "TargetFunctionArn"), AuthType: text(properties, "AuthType") as "AWS_IAM" })));
  },
  async remove(clients, properties) {
    const { DeleteFunctionUrlConfigCommand } = await import("@aws-sdk/client-lambda");
    await unlessMissing((await clients.lambda()).send(new DeleteFunctionUrlConfigCommand({ FunctionName: text(properties, "TargetFunctionArn") })));
  },
};

const urlAttributes = ({ FunctionUrl = "", FunctionArn = "" }: { readonly FunctionUrl?: string | undefined; readonly FunctionArn?: string | undefined }): Attributes =>
  ({ Ref: FunctionArn, FunctionUrl, FunctionArn });

/** One statement of the function's policy; its id follows from what it says. */
const statementId = (properties: Properties): string => `sagebrush-${propertiesHash(properties).slice(0, 12)}`;

export const permission: ResourceKind = {
  async find(clients, properties) {
    const { GetPolicyCommand } = await import("@aws-sdk/client-lambda");
    const found = await unlessMissing((await clients.lambda()).send(new GetPolicyCommand({ FunctionName: text(properties, "FunctionName") })));
    return found?.Policy?.includes(statementId(properties)) ? { attributes: { Ref: statementId(properties) }, current: true, ours: true } : undefined;
  },
  async create(clients, properties) {
    const { AddPermissionCommand } = await import("@aws-sdk/client-lambda");
    const StatementId = statementId(properties);
    await (await clients.lambda()).send(new AddPermissionCommand({ ...properties, StatementId } as unknown as AddPermissionCommandInput));
    return { Ref: StatementId };
  },
  async remove(clients, properties) {
    const { RemovePermissionCommand } = await import("@aws-sdk/client-lambda");
    await unlessMissing((await clients.lambda()).send(new RemovePermissionCommand({ FunctionName: text(properties, "FunctionName"), StatementId: statementId(properties) })));
  },
};
