import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Milliseconds } from "../../src/base/instant.ts";
import { startCloud as start, type Cloud, type CloudParts } from "../../src/cloud/start.ts";
import type { GivenOptions } from "../../src/cloud/options.ts";
import { createAdjustableClock, type AdjustableClock } from "../../src/shared/clock.ts";
import { createAccessAudit } from "./access-audit.ts";
import { silentLog, streamLog } from "../../src/shared/log.ts";

/** A cloud for one test: its own folder and port, a clock that can be pushed, gone when the test is. */
export interface TestCloud extends Cloud {
  readonly clock: AdjustableClock;
  /** What an AWS SDK client needs to reach it as root: `new S3Client(cloud.client)`. */
  readonly client: ClientSettings;
  readonly folder: string;
}

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle: true;
  readonly maxAttempts: 1;
}

/** `await using cloud = await startCloud()`. With `data`, the folder is the caller's and stays; `later`: its clock is so far ahead from the start. */
export async function startCloud(given: GivenOptions = {}, { later = 0, ...parts }: Pick<CloudParts, "capacity"> & { readonly later?: Milliseconds } = {}): Promise<TestCloud> {
  const folder = given.data ?? mkdtempSync(join(tmpdir(), "sagebrush-test-"));
  const clock = createAdjustableClock();
  clock.advance(later);
  const audit = createAccessAudit();
  const cloud = await start({ port: 0, ...given, data: folder }, { ...parts, clock, observeAccess: audit.observe, log: process.env["SAGEBRUSH_TEST_LOG"] ? streamLog() : silentLog });
  const { accessKeyId, secretAccessKey } = cloud.rootKeys;
  const stop = async (): Promise<void> => {
    await cloud.stop();
    if (given.data === undefined) rmSync(folder, { recursive: true, force: true });
    await audit.check();
  };
  return {
    ...cloud, clock, folder, stop, [Symbol.asyncDispose]: stop,
    client: { endpoint: cloud.endpoint, region: cloud.options.region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true, maxAttempts: 1 },
  };
}
