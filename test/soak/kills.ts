import { cpSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LambdaClient, InvokeCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListEndpointsCommand, ListModelsCommand, ListTrainingJobsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { readFileSync } from "node:fs";
import { must, type Part } from "./support/part.ts";
import { startProgram, temporaryFolder, type Program } from "./support/program.ts";
import { descendants, machineTraces, survivorsOf } from "./support/traces.ts";

const KILLS = 10;
const BOUND_MS = 90_000;
/** Of the unharmed run, which was the first and so the slowest: most kills are to fall into the work. */
const AS_FAR = 0.75;
const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "dog-breeds");
const BREEDS = ["pug", "samoyed"];
/** More than one mini-batch of 32 to train on. */
const PICTURES = 24;
const SERVING = /\nServing\. /;

/** The example on two breeds: everything as it is, in seconds. */
function copyProject(folder: string): string {
  for (const file of ["sagebrush.config.ts", "classify.ts", "fetch-picture.ts"]) cpSync(join(EXAMPLE, file), join(folder, file));
  for (const breed of BREEDS) {
    mkdirSync(join(folder, "data", breed), { recursive: true });
    for (const file of readdirSync(join(EXAMPLE, "data", breed)).filter((name) => name.endsWith(".jpg")).sort().slice(0, PICTURES)) cpSync(join(EXAMPLE, "data", breed, file), join(folder, "data", breed, file));
  }
  return folder;
}

/** What must be the same whatever happened on the way. */
interface FinalState {
  readonly jobs: readonly string[];
  readonly endpoints: readonly string[];
  /** How many: their names hold the hash of an artifact that tells how long it took. */
  readonly models: number;
  readonly functions: readonly string[];
  readonly answer: string;
}

async function stateOf(program: Program, picture: string): Promise<FinalState> {
  const endpoint = /Sagebrush serves at (http:\/\/[^\s]+?)\.? /.exec(program.said())?.[1] ?? "";
  const settings = { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 };
  const sagemaker = new SageMakerClient(settings);
  const lambda = new LambdaClient(settings);
  const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand({}));
  const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({}));
  const { Models = [] } = await sagemaker.send(new ListModelsCommand({}));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: Functions[0]?.FunctionName ?? "", Payload: JSON.stringify({ image: readFileSync(picture).toString("base64") }) }));
  const { statusCode, body } = JSON.parse(Buffer.from(Payload ?? []).toString()) as { readonly statusCode: number; readonly body: string };
  must(statusCode === 200, `the function answered ${statusCode}: ${body}`);
  return {
    jobs: TrainingJobSummaries.map((job) => `${job.TrainingJobName} ${job.TrainingJobStatus}`),
    endpoints: Endpoints.map((each) => `${each.EndpointName} ${each.EndpointStatus}`),
    models: Models.length,
    functions: Functions.map((each) => each.FunctionName ?? ""),
    answer: (JSON.parse(body) as { readonly breed: string }).breed,
  };
}

/** Brings the project up to its end, looks, and stops it. */
async function finish(data: string, project: string): Promise<{ readonly state: FinalState; readonly seconds: number }> {
  const started = performance.now();
  const program = startProgram(["start", "--port", "0", "--data", data, "--project", project]);
  try {
    await program.until(SERVING, BOUND_MS);
    const seconds = (performance.now() - started) / 1000;
    const breed = BREEDS[0] ?? "";
    const state = await stateOf(program, join(project, "data", breed, readdirSync(join(project, "data", breed))[0] ?? ""));
    const children = descendants(program.pid);
    const code = await program.stop();
    must(code === 0, `it ended with ${code}: ${program.said().slice(-1000)}`);
    const left = survivorsOf(children);
    must(left.length === 0, `left running after a stop: ${JSON.stringify(left)}`);
    const traces = machineTraces(data);
    must(traces.length === 0, `left on the host after a stop: ${traces.join(", ")}`);
    return { state, seconds };
  } finally {
    if (!program.ended()) await program.kill();
  }
}

export const kills: Part = {
  name: `kill -9 at ${KILLS} random moments of \`start\`, then a restart`,
  async run({ random, say }) {
    using folder = temporaryFolder("kills");
    const project = copyProject(join(realpathSync(folder.path), "project"));
    const { state: wanted, seconds } = await finish(join(folder.path, "unharmed"), project);
    say(`unharmed: ${seconds.toFixed(1)} s, ${JSON.stringify(wanted)}`);
    must(wanted.endpoints.length === 1 && wanted.endpoints[0]?.endsWith(" InService") === true, "one endpoint in service");
    must(wanted.jobs.length === 1 && wanted.jobs[0]?.endsWith(" Completed") === true, "one completed job");
    for (let kill = 1; kill <= KILLS; kill++) {
      const data = join(folder.path, `killed-${kill}`);
      const after = 100 + random.fraction() * seconds * AS_FAR * 1000;
      const victim = startProgram(["start", "--port", "0", "--data", data, "--project", project]);
      await Promise.race([sleep(after), victim.until(SERVING, BOUND_MS).catch(() => undefined)]);
      const orphans = descendants(victim.pid);
      await victim.kill();
      const step = /✔|✓|\s{2}\S+.*$/m.test(victim.said()) ? victim.said().trim().split("\n").at(-1)?.trim() ?? "" : "";
      const { state, seconds: again } = await finish(data, project);
      const left = survivorsOf(orphans);
      must(left.length === 0, `kill ${kill} after ${after.toFixed(0)} ms left running: ${JSON.stringify(left)}`);
      must(JSON.stringify(state) === JSON.stringify(wanted), `kill ${kill} after ${after.toFixed(0)} ms ended in another state:\n${JSON.stringify(state)}\ninstead of\n${JSON.stringify(wanted)}`);
      say(`kill ${kill}: after ${(after / 1000).toFixed(1)} s (${orphans.length} processes below it; last it said: ${step.slice(0, 70)}); finished in ${again.toFixed(1)} s in the same state`);
    }
  },
};
