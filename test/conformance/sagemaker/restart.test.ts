import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../../src/base/instant.ts";
import { startCloud } from "../../support/cloud.ts";
import { jobs, watching } from "./support/job.ts";

/** A data folder that outlives servers. */
async function withFolder(body: (data: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-restart-"));
  try {
    await body(join(folder, "cloud"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Trains as long as its data has no "go", whatever it is asked.
const UNTIL_GO = `
import { existsSync } from "node:fs";
if (existsSync(process.env.SM_CHANNEL_TRAINING + "/go")) process.exit(0);
process.on("SIGTERM", () => {});
setInterval(() => {}, 1000);
`;

test("the time that the server was away is none of a job's: it is neither billed nor taken from what the job may run", { timeout: 60_000 }, () => withFolder(async (data) => {
  const first = await startCloud({ data });
  const before = await jobs(first, UNTIL_GO);
  await before.start({ StoppingCondition: { MaxRuntimeInSeconds: 600 } });
  await before.untilSecondary("Training");
  await before.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/go", Body: "go" }));
  first.clock.advance(5 * MINUTE);
  await first.stop();

  await using second = await startCloud({ data }, { later: HOUR });
  const job = await watching(second).ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Completed", SecondaryStatus: "Completed" });
  expect(job.TrainingTimeInSeconds).toBeGreaterThanOrEqual(300);
  expect(job.TrainingTimeInSeconds).toBeLessThan(400);
  const [, , training, restarting] = job.SecondaryStatusTransitions ?? [];
  expect([training?.Status, restarting?.Status]).toEqual(["Training", "Restarting"]);
  expect(restarting?.StartTime).toEqual(training?.EndTime);
}));

test("a job that was being stopped for a limit when the server went ends as that limit has it, with its time until then", { timeout: 60_000 }, () => withFolder(async (data) => {
  const first = await startCloud({ data });
  const before = await jobs(first, UNTIL_GO);
  await before.start({ EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 600 } });
  await before.untilSecondary("Training");
  first.clock.advance(590 * SECOND);
  await before.untilSecondary("Training");
  first.clock.advance(11 * SECOND);
  await before.untilSecondary("Stopping");
  await first.stop();

  await using second = await startCloud({ data }, { later: HOUR });
  const job = await watching(second).ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "MaxWaitTimeExceeded" });
  expect(job.TrainingTimeInSeconds).toBeLessThan(700);
}));
