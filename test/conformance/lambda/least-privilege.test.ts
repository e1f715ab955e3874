import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { ALL_LOGS, call, makeFunction, makeRole, startLambda } from "./support.ts";

const ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/dog-breeds";

/** The example's function in small: it invokes one endpoint, with its role or with the keys that it is told. */
const CLASSIFY = {
  "index.mjs": `
    import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
    const runtime = new SageMakerRuntimeClient({});
    export const handler = async ({ endpoint, keys }) => {
      const client = keys ? new SageMakerRuntimeClient({ credentials: keys, ...(endpoint ? { endpoint } : {}), maxAttempts: 1 }) : runtime;
      try {
        const { Body } = await client.send(new InvokeEndpointCommand({ EndpointName: "dog-breeds", Body: "{}" }));
        return { statusCode: 200, body: Buffer.from(Body).toString() };
      } catch (error) {
        return { statusCode: 502, body: error.name + ": " + error.message };
      }
    };`,
};

test("a function may invoke the endpoint that its role names, from the moment it is named, and nothing as root", async () => {
  await using place = await startLambda();
  const role = await makeRole(place.cloud, "dog-breeds-role", { policy: ALL_LOGS });
  await makeFunction(place, "dog-breeds", { files: CLASSIFY, Role: role, MemorySize: 512, Timeout: 20 });
  expect((await call(place.lambda, "dog-breeds")).value).toEqual({
    statusCode: 502,
    body: `AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/dog-breeds-role/dog-breeds is not authorized to perform: sagemaker:InvokeEndpoint on resource: ${ENDPOINT} because no identity-based policy allows the sagemaker:InvokeEndpoint action`,
  });

  await new IAMClient(place.cloud.client).send(new PutRolePolicyCommand({
    RoleName: "dog-breeds-role", PolicyName: "one-endpoint",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sagemaker:InvokeEndpoint", Resource: ENDPOINT }] }),
  }));
  // There is no endpoint here, and now the function is told so: permission was given, without a restart.
  const permitted = await call(place.lambda, "dog-breeds");
  expect(permitted.value).toMatchObject({ body: expect.stringMatching(/^ValidationError: Endpoint dog-breeds of account 000000000000 not found\.$/) as string });
  expect(permitted.log).not.toContain("Init Duration");

  const keys = { accessKeyId: "test", secretAccessKey: "test" };
  for (const endpoint of [undefined, place.cloud.endpoint]) {
    expect((await call(place.lambda, "dog-breeds", { keys, endpoint })).value).toMatchObject({ statusCode: 502, body: expect.stringMatching(/^AccessDenied/) as string });
  }
});
