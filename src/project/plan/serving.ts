import type { CreateEndpointConfigCommandInput, CreateModelCommandInput } from "@aws-sdk/client-sagemaker";
import type { Clients } from "../../sdk/clients.ts";
import { ENDPOINT_PATIENCE_SECONDS, untilInService } from "../../sdk/endpoint.ts";
import { isOurs, madeTags, text, unlessMissing, type Attributes, type ResourceKind } from "./resource-kind.ts";

const named = (kind: string, name: string, arn: string | undefined): Attributes => ({ Ref: arn ?? name, [`${kind}Name`]: name });

/** A model cannot be changed; another one has another name. */
export const model: ResourceKind = {
  async find(clients, properties) {
    const { DescribeModelCommand } = await import("@aws-sdk/client-sagemaker");
    const name = text(properties, "ModelName");
    const found = await unlessMissing((await clients.sagemaker()).send(new DescribeModelCommand({ ModelName: name })));
    return found && { attributes: named("Model", name, found.ModelArn), current: true, ours: true };
  },
  async create(clients, properties) {
    const { CreateModelCommand } = await import("@aws-sdk/client-sagemaker");
    const { ModelArn } = await (await clients.sagemaker()).send(new CreateModelCommand(properties as unknown as CreateModelCommandInput));
    return named("Model", text(properties, "ModelName"), ModelArn);
  },
  async remove(clients, properties) {
    const { DeleteModelCommand } = await import("@aws-sdk/client-sagemaker");
    await unlessMissing((await clients.sagemaker()).send(new DeleteModelCommand({ ModelName: text(properties, "ModelName") })));
  },
};

/** An endpoint configuration cannot be changed either. */
export const endpointConfig: ResourceKind = {
  async find(clients, properties) {
    const { DescribeEndpointConfigCommand } = await import("@aws-sdk/client-sagemaker");
    const name = text(properties, "EndpointConfigName");
    const found = await unlessMissing((await clients.sagemaker()).send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })));
    return found && { attributes: named("EndpointConfig", name, found.EndpointConfigArn), current: true, ours: true };
  },
  async create(clients, properties) {
    const { CreateEndpointConfigCommand } = await import("@aws-sdk/client-sagemaker");
    const { EndpointConfigArn } = await (await clients.sagemaker()).send(new CreateEndpointConfigCommand(properties as unknown as CreateEndpointConfigCommandInput));
    return named("EndpointConfig", text(properties, "EndpointConfigName"), EndpointConfigArn);
  },
  async remove(clients, properties) {
    const { DeleteEndpointConfigCommand } = await import("@aws-sdk/client-sagemaker");
    await unlessMissing((await clients.sagemaker()).send(new DeleteEndpointConfigCommand({ EndpointConfigName: text(properties, "EndpointConfigName") })));
  },
};

export const endpoint: ResourceKind = {
  async find(clients, properties) {
    const name = text(properties, "EndpointName");
    let found = await describe(clients, name);
    if (found?.EndpointStatus === "Deleting") {
      const { waitUntilEndpointDeleted } = await import("@aws-sdk/client-sagemaker");
      await waitUntilEndpointDeleted({ client: await clients.sagemaker(), maxWaitTime: ENDPOINT_PATIENCE_SECONDS, minDelay: 1, maxDelay: 5 }, { EndpointName: name });
      found = undefined;
    }
    const ours = found !== undefined && await madeHere(clients, found.EndpointArn);
    // One that never served can only be deleted; it is made anew.
    if (found?.EndpointStatus === "Failed" && ours) {
      await endpoint.remove(clients, properties);
      return undefined;
    }
    if (!found) return undefined;
    const settled = found.EndpointStatus === "InService" || !ours ? found : await inService(clients, name);
    return { attributes: named("Endpoint", name, settled.EndpointArn), current: settled.EndpointConfigName === text(properties, "EndpointConfigName"), ours };
  },
  async create(clients, properties) {
    const { CreateEndpointCommand } = await import("@aws-sdk/client-sagemaker");
    const EndpointName = text(properties, "EndpointName");
    await (await clients.sagemaker()).send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: text(properties, "EndpointConfigName"), Tags: madeTags() }));
    return named("Endpoint", EndpointName, (await inService(clients, EndpointName)).EndpointArn);
  },
  async update(clients, properties) {
    const { UpdateEndpointCommand } = await import("@aws-sdk/client-sagemaker");
    const EndpointName = text(properties, "EndpointName");
    const EndpointConfigName = text(properties, "EndpointConfigName");
    await (await clients.sagemaker()).send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName }));
    const settled = await inService(clients, EndpointName);
    if (settled.EndpointConfigName !== EndpointConfigName) throw new Error(`The endpoint went back to ${settled.EndpointConfigName ?? ""}: ${settled.FailureReason ?? "no reason given"}`);
    return named("Endpoint", EndpointName, settled.EndpointArn);
  },
  async remove(clients, properties) {
    const { DeleteEndpointCommand, waitUntilEndpointDeleted } = await import("@aws-sdk/client-sagemaker");
    const client = await clients.sagemaker();
    const EndpointName = text(properties, "EndpointName");
    const found = await describe(clients, EndpointName);
    if (!found) return;
    if (found.EndpointStatus !== "Deleting") await client.send(new DeleteEndpointCommand({ EndpointName }));
    await waitUntilEndpointDeleted({ client, maxWaitTime: ENDPOINT_PATIENCE_SECONDS, minDelay: 1, maxDelay: 5 }, { EndpointName });
  },
};

async function madeHere(clients: Clients, ResourceArn: string | undefined): Promise<boolean> {
  const { ListTagsCommand } = await import("@aws-sdk/client-sagemaker");
  return isOurs((await (await clients.sagemaker()).send(new ListTagsCommand({ ResourceArn }))).Tags);
}

type Described = import("@aws-sdk/client-sagemaker").DescribeEndpointCommandOutput;

async function describe(clients: Clients, EndpointName: string): Promise<Described | undefined> {
  const { DescribeEndpointCommand } = await import("@aws-sdk/client-sagemaker");
  return unlessMissing((await clients.sagemaker()).send(new DescribeEndpointCommand({ EndpointName })));
}

const inService = (clients: Clients, EndpointName: string): Promise<Described> => untilInService(clients, EndpointName, () => describe(clients, EndpointName));
