/** `npm run bench -- job`: from CreateTrainingJob to the first line of a script, which says the time itself; beside the interpreter alone. */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { create } from "tar";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRole } from "./support/resources.ts";
import { startServer, temporaryFolder, type Server } from "./support/server.ts";
import { list, median, type Row } from "./support/table.ts";

const ROUNDS = 9;

interface Language {
  readonly what: string;
  readonly image: string;
  readonly file: string;
  readonly script: string;
  /** The interpreter alone, saying the time. */
  readonly bare: readonly [command: string, ...args: string[]];
  readonly aimMs: number;
  /** Whether the aim is over the interpreter's own start. */
  readonly overBare: boolean;
}

const LANGUAGES: readonly Language[] = [
  { what: "Node", image: "node-training:24", file: "train.mjs", script: "console.log(`at=${Date.now()};`);", bare: [process.execPath, "-e", "console.log(Date.now())"], aimMs: 300, overBare: false },
  { what: "Python", image: "python:3", file: "train.py", script: "import time\nprint(f'at={time.time() * 1000:.0f};')", bare: ["/usr/bin/python3", "-c", "import time; print(time.time() * 1000)"], aimMs: 150, overBare: true },
];

async function archiveOf(name: string, text: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "bench-source-"));
  try {
    writeFileSync(join(folder, name), text);
    await create({ gzip: true, file: join(folder, "s.tar.gz"), cwd: folder }, [name]);
    return readFileSync(join(folder, "s.tar.gz"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startMs(server: Server, { image, file }: Language, { role, name }: { readonly role: string; readonly name: string }): Promise<number> {
  const sagemaker = new SageMakerClient(server.client);
  const asked = Date.now();
  await sagemaker.send(new CreateTrainingJobCommand({
    TrainingJobName: name, RoleArn: role, StoppingCondition: { MaxRuntimeInSeconds: 600 }, OutputDataConfig: { S3OutputPath: "s3://start/out" },
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: "File", MetricDefinitions: [{ Name: "at", Regex: "at=([0-9]+);" }] },
    ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    HyperParameters: { sagemaker_program: `"${file}"`, sagemaker_submit_directory: `"s3://start/${file}.tar.gz"` },
  }));
  for (;;) {
    // Rarely: a question would take the server's time.
    await sleep(500);
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    if (job.TrainingJobStatus === "Failed") throw new Error(job.FailureReason);
    if (job.TrainingJobStatus === "Completed") return (job.FinalMetricDataList?.[0]?.Value ?? Number.NaN) - asked;
  }
}

function bareMs([command, ...args]: Language["bare"]): number {
  const began = Date.now();
  return Number(spawnSync(command, args, { encoding: "utf8" }).stdout) - began;
}

export async function measureJobStart(): Promise<readonly Row[]> {
  using data = temporaryFolder();
  await using server = await startServer(data.path);
  const s3 = new S3Client(server.client);
  await s3.send(new CreateBucketCommand({ Bucket: "start" }));
  const role = await makeRole(server, { name: "start", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  const rows: Row[] = [];
  for (const language of LANGUAGES) {
    await s3.send(new PutObjectCommand({ Bucket: "start", Key: `${language.file}.tar.gz`, Body: await archiveOf(language.file, language.script) }));
    const times: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [time, alone] = [await startMs(server, language, { role, name: `${language.what.toLowerCase()}-${round}` }), bareMs(language.bare)];
      // The first one loads code.
      if (round > 0) times.push(time);
      if (round > 0) bare.push(alone);
    }
    const figure = median(times) - (language.overBare ? median(bare) : 0);
    rows.push({
      what: `CreateTrainingJob to the first line, ${language.what}`, figure: `${figure.toFixed(0)} ms`, aim: `< ${language.aimMs} ms${language.overBare ? " over bare" : ""}`, met: figure < language.aimMs,
      note: `in all ${median(times).toFixed(0)} ms, the interpreter alone ${median(bare).toFixed(0)} ms; ${list(times)}`,
    });
  }
  return rows;
}
