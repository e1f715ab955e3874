import { expect, test } from "vitest";
import { createClients } from "../../src/sdk/clients.ts";
import { listNotebooks, requireMinutes, startNotebook, stopNotebook } from "../../src/cli/notebooks.ts";
import { jupyterPython } from "../conformance/sagemaker/support/notebook.ts";
import { startCloud } from "../support/cloud.ts";

test("idle times are minutes, hours or off", () => {
  expect([requireMinutes("30m"), requireMinutes("2h"), requireMinutes("off")]).toEqual([30, 120, 0]);
  expect(() => requireMinutes("30")).toThrow("--idle-stop 30: must be a time such as 30m or 2h, or off");
});

test.skipIf(jupyterPython() === undefined)("notebook start makes one with a role of its own and gives a link; stop, and start with another type", { timeout: 240_000 }, async () => {
  await using cloud = await startCloud();
  const clients = createClients(cloud.client);
  const plan = { name: "lab", type: "ml.t3.medium", role: undefined, idleMinutes: 30, place: { account: "000000000000", region: "us-east-1" }, aws: false };
  const started = await startNotebook(clients, plan);
  expect(started).toMatchObject({ type: "ml.t3.medium", idleMinutes: 30 });
  expect((await fetch(started.url, { redirect: "manual" })).status).toBe(302);
  await expect(startNotebook(clients, { ...plan, type: "ml.t3.large" })).rejects.toThrow("lab is running on ml.t3.medium: sagebrush notebook stop --name lab first.");
  await stopNotebook(clients, "lab");
  expect(await startNotebook(clients, { ...plan, type: "ml.t3.large", idleMinutes: 0 })).toMatchObject({ type: "ml.t3.large", idleMinutes: undefined });
  expect(await listNotebooks(clients)).toEqual([{ name: "lab", status: "InService", type: "ml.t3.large", reason: undefined }]);
  await expect(stopNotebook(clients, "nowhere")).rejects.toThrow("There is no notebook instance nowhere.");
});
