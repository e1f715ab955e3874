import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { startCloud } from "../support/cloud.ts";

test("Date is the cloud's own time, once: a client that sets its clock by it stays in step when the cloud's is pushed", async () => {
  await using cloud = await startCloud();
  cloud.clock.advance(3_600_000);
  const response = await fetch(cloud.endpoint);
  const ahead = Date.parse(response.headers.get("date") ?? "") - Date.now();
  expect(Math.abs(ahead - 3_600_000)).toBeLessThan(5000);
  // The first answer refuses the skewed signature; the SDK corrects its clock by our Date and signs again.
  const sts = new STSClient({ ...cloud.client, maxAttempts: 2 });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
});
