/** The program of a training machine: `node train.ts` under SageMaker's folders (`/opt/ml`, see layout.ts). */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { systemClock } from "../../shared/clock.ts";
import { ClientError } from "./client-error.ts";
import { ENVIRONMENT } from "./contract.ts";
import { createJobLog } from "./job-log.ts";
import { layoutOf } from "./layout.ts";
import { threadCount } from "./threads.ts";
import { runTrainingJob } from "./train-job.ts";

const layout = layoutOf(process.env);
const log = createJobLog(systemClock, process.stdout, process.pid);

/** Leaves the reason where SageMaker reads it, and ends with 1 as AWS's algorithms do. */
async function fail(reason: string): Promise<void> {
  await mkdir(dirname(layout.failure), { recursive: true });
  await writeFile(layout.failure, reason);
  process.exitCode = 1;
}

// StopTrainingJob sends SIGTERM and waits two minutes: AWS's own algorithms use them to keep what they have.
const stop = new AbortController();
process.on("SIGTERM", () => {
  if (!stop.signal.aborted) log.info("Stopping, with the best model so far.");
  stop.abort();
});

try {
  await runTrainingJob({ layout, log, clock: systemClock, threads: threadCount(process.env), environment: process.env, hook: process.env[ENVIRONMENT.hook], signal: stop.signal });
} catch (error) {
  if (stop.signal.aborted) log.info("Stopped before there was a model.");
  else if (error instanceof ClientError) {
    log.error(`Customer Error: ${error.message}`);
    await fail(`ClientError: ${error.message}`);
  } else {
    log.error(error instanceof Error ? error.stack ?? error.message : String(error));
    await fail(`InternalServerError: ${error instanceof Error ? error.message : String(error)}`);
  }
}
