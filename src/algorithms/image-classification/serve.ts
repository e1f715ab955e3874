/** The program of an endpoint's machine: `node serve.ts`, listening where `SAGEMAKER_BIND_TO_PORT` says, on the model in `/opt/ml/model`. */
import { systemClock } from "../../shared/clock.ts";
import { streamLog } from "../../shared/log.ts";
import { ENVIRONMENT } from "./contract.ts";
import { layoutOf } from "./layout.ts";
import { loadModel } from "./served-model.ts";
import { createModelServer } from "./server.ts";
import { threadCount } from "./threads.ts";

const DEFAULT_PORT = 8080;
const log = streamLog(process.stdout);
const host = process.env["SAGEMAKER_BIND_ADDRESS"] ?? "127.0.0.1";
const port = Number(process.env["SAGEMAKER_BIND_TO_PORT"] ?? DEFAULT_PORT);
const { model: folder } = layoutOf(process.env);

try {
  const started = systemClock.monotonic();
  const threads = threadCount(process.env);
  const model = await loadModel(folder, threads);
  const options = { clock: systemClock, allowPrivate: process.env[ENVIRONMENT.allowPrivateUrls] === "1" };
  const server = createModelServer(model, options, log);
  server.listen(port, host, () => {
    const address = server.address();
    const listening = typeof address === "object" && address !== null ? address.port : port;
    log.info(`Serving ${model.labels.length} classes on http://${host}:${listening}`, { threads, loadMs: Math.round(systemClock.monotonic() - started) });
  });
  server.on("error", (error) => {
    log.error(`Cannot listen on ${host}:${port}: ${error.message}`);
    process.exitCode = 1;
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // Lets running requests end; idle connections would otherwise hold the process.
    process.once(signal, () => {
      server.close();
      server.closeIdleConnections();
    });
  }
} catch (error) {
  log.error(`The model in ${folder} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
