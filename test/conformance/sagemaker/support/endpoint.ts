import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointCommand, SageMakerClient, waitUntilEndpointInService,
  type DescribeEndpointCommandOutput, type ProductionVariant,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient, type InvokeEndpointCommandInput } from "@aws-sdk/client-sagemaker-runtime";
import { expect } from "vitest";
import type { ClientSettings, TestCloud } from "../../../support/cloud.ts";
import { makeRole } from "../../../support/roles.ts";
import { archiveOf } from "./archive.ts";

export const WAIT = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

/** A server script around the body of `answer(request, body, response)`; `/ping` answers 200. */
export const server = (answer: string, before = ""): string => `
import { createServer } from "node:http";
${before}
const answer = async (request, body, response) => { ${answer} };
createServer(async (request, response) => {
  if (request.url === "/ping") return response.end();
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  await answer(request, Buffer.concat(pieces), response);
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), process.env.SAGEMAKER_BIND_ADDRESS);
`;

export interface Hosting {
  readonly sagemaker: SageMakerClient;
  readonly s3: S3Client;
  readonly role: string;
  /** Makes model and endpoint configuration of one name around a script. */
  configure(name: string, script: string, variant?: Partial<ProductionVariant>): Promise<void>;
  /** And an endpoint of that name; resolves while it is Creating. */
  create(name: string, script: string, variant?: Partial<ProductionVariant>): Promise<void>;
  inService(name: string): Promise<void>;
  describe(name: string): Promise<DescribeEndpointCommandOutput>;
  invoke(name: string, body?: string | Uint8Array, more?: Partial<InvokeEndpointCommandInput>): Promise<string>;
  untilStatus(name: string, status: string): Promise<DescribeEndpointCommandOutput>;
}

/** Clients of a cloud with a bucket and a role, for endpoints that serve scripts. */
export async function hosting(cloud: { readonly client: ClientSettings }, fresh = true): Promise<Hosting> {
  const s3 = new S3Client(cloud.client);
  const sagemaker = new SageMakerClient(cloud.client);
  const runtime = new SageMakerRuntimeClient(cloud.client);
  const role = fresh ? await makeRole(cloud as TestCloud, { name: "hosting", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] }) : "arn:aws:iam::000000000000:role/hosting";
  if (fresh) await s3.send(new CreateBucketCommand({ Bucket: "models" }));
  const describe = (name: string): Promise<DescribeEndpointCommandOutput> => sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
  const configure: Hosting["configure"] = async (name, script, variant = {}) => {
    await s3.send(new PutObjectCommand({ Bucket: "models", Key: `${name}.tar.gz`, Body: await archiveOf({ "code/serve.mjs": script }) }));
    await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: role, PrimaryContainer: { Image: "node-inference:24", ModelDataUrl: `s3://models/${name}.tar.gz` } }));
    await sagemaker.send(new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [{ VariantName: "AllTraffic", ModelName: name, InstanceType: "ml.t2.medium", InitialInstanceCount: 1, ...variant }],
    }));
  };
  return {
    sagemaker, s3, role, describe, configure,
    create: async (name, script, variant) => {
      await configure(name, script, variant);
      await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    },
    inService: async (name) => void (await waitUntilEndpointInService({ client: sagemaker, ...WAIT }, { EndpointName: name })),
    invoke: async (name, body = "?", more = {}) => {
      const { Body } = await runtime.send(new InvokeEndpointCommand({ EndpointName: name, Body: body, ...more }));
      return Buffer.from(Body).toString();
    },
    untilStatus: async (name, status) => {
      await expect.poll(async () => (await describe(name)).EndpointStatus, { timeout: 30_000, interval: 100 }).toBe(status);
      return describe(name);
    },
  };
}
