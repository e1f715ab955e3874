import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";

test("root learns who it is", async () => {
  await using cloud = await startCloud();
  const sts = new STSClient(cloud.client);
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: "000000000000", Arn: "arn:aws:iam::000000000000:root", UserId: "000000000000" });
  expect(identity.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("a wrong secret is refused in AWS's words", async () => {
  await using cloud = await startCloud();
  const sts = new STSClient({ ...cloud.client, credentials: { accessKeyId: "test", secretAccessKey: "wrong" } });
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: "SignatureDoesNotMatch", $metadata: { httpStatusCode: 403 },
    message: expect.stringContaining("The request signature we calculated does not match the signature you provided") as string,
  });
});
