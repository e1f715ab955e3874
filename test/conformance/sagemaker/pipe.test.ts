import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { StopTrainingJobCommand, type Channel, type S3DataSource } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { needs } from "../../machines/support.ts";
import { startCloud } from "../../support/cloud.ts";
import { archiveOf, filesOf } from "./support/archive.ts";
import { jobs, type Jobs } from "./support/job.ts";

/** Reads epochs as a script on AWS does; keeps each as text, and leaves the list in a file for each host. */
const READS = (body: string): string => `
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
const pipe = (epoch) => process.env.SM_CHANNEL_TRAINING + "_" + epoch;
const read = (epoch) => readFileSync(pipe(epoch));
const keep = (value) => writeFileSync(process.env.SM_MODEL_DIR + "/" + process.env.SM_CURRENT_HOST, JSON.stringify(value));
${body}`;

interface Piped {
  readonly source?: Partial<S3DataSource>;
  readonly channel?: Partial<Channel>;
  readonly hosts?: number;
}

async function run(all: Jobs, name: string, { source = {}, channel = {}, hosts = 1 }: Piped = {}): Promise<readonly unknown[]> {
  await all.start({
    TrainingJobName: name, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: hosts, VolumeSizeInGB: 10 },
    InputDataConfig: [{ ChannelName: "training", InputMode: "Pipe", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://jobs/numbers/", ...source } }, ...channel }],
  });
  const job = await all.ended(name);
  if (job.TrainingJobStatus !== "Completed") throw new Error(job.FailureReason);
  const { Body } = await all.s3.send(new GetObjectCommand({ Bucket: "jobs", Key: `out/${name}/output/model.tar.gz` }));
  const files = await filesOf((await Body?.transformToByteArray()) ?? new Uint8Array());
  return Object.keys(files).toSorted().map((host) => JSON.parse(files[host] ?? "") as unknown);
}

const put = async (all: Jobs, Key: string, Body: string | Uint8Array): Promise<void> => void (await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key, Body })));

/** The same jobs with another script. */
async function jobsAgain(all: Jobs, script: string): Promise<Jobs> {
  await put(all, "source.tar.gz", await archiveOf({ "train.mjs": script }));
  return all;
}

async function numbers(all: Jobs): Promise<void> {
  for (const name of ["1", "2", "3", "4", "5"]) await put(all, `numbers/${name}`, name);
}

/** The contents of RecordIO records, and undefined when something is left over. */
function recordsOf(base64: string): readonly string[] | undefined {
  const stream = Buffer.from(base64, "base64");
  const records: string[] = [];
  let at = 0;
  while (at + 8 <= stream.length && stream.readUInt32LE(at) === 0xced7230a) {
    const length = stream.readUInt32LE(at + 4);
    records.push(stream.subarray(at + 8, at + 8 + length).toString());
    at += 8 + Math.ceil(length / 4) * 4;
  }
  return at === stream.length ? records : undefined;
}

test("each epoch is a pipe of its own that streams the channel's objects, also after one that was closed early", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS(`
    const { training } = JSON.parse(readFileSync(process.env.SM_INPUT_CONFIG_DIR + "/inputdataconfig.json", "utf8"));
    const seen = { mode: training.TrainingInputMode, fifo: statSync(pipe(0)).isFIFO(), folder: existsSync(process.env.SM_CHANNEL_TRAINING), epochs: [String(read(0)), String(read(1))] };
    const early = openSync(pipe(2)), byte = Buffer.alloc(1);
    readSync(early, byte);
    closeSync(early);
    keep({ ...seen, epochs: [...seen.epochs, String(byte), String(read(3))], over: existsSync(pipe(0)) });
  `));
  await numbers(all);
  expect(await run(all, "plain")).toEqual([{ mode: "Pipe", fifo: true, folder: false, epochs: ["12345", "12345", "1", "12345"], over: false }]);
  // By the job's own mode, without one of the channel's.
  await all.start({ TrainingJobName: "by-job", AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "Pipe" } });
  expect((await all.ended("by-job")).TrainingJobStatus).toBe("Completed");
});

test("a pipe carries a large object byte for byte", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS(`
    import { createHash } from "node:crypto";
    const hash = createHash("sha256"), block = Buffer.alloc(1 << 20), file = openSync(pipe(0));
    let length = 0;
    for (let got; (got = readSync(file, block)) > 0; length += got) hash.update(block.subarray(0, got));
    keep({ length, hash: hash.digest("hex") });
  `));
  const block = Buffer.alloc(24 * 1024 * 1024, "0123456789abcde");
  await put(all, "big/1", block);
  await put(all, "big/2", "the end");
  const { createHash } = await import("node:crypto");
  expect(await run(all, "big", { source: { S3Uri: "s3://jobs/big/" } })).toEqual([{ length: block.length + 7, hash: createHash("sha256").update(block).update("the end").digest("hex") }]);
});

test("a shuffled channel has another order in each epoch, the same for a seed, and divided among hosts it is dealt anew", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS("keep([0, 1, 2].map((epoch) => String(read(epoch))));"));
  await numbers(all);
  const shuffled = { channel: { ShuffleConfig: { Seed: 3 } } };
  const [epochs] = await run(all, "shuffled", shuffled) as readonly (readonly string[])[];
  expect(epochs?.map((order) => [...order].toSorted().join(""))).toEqual(["12345", "12345", "12345"]);
  expect(new Set(epochs).size).toBe(3);
  expect(await run(all, "again", shuffled)).toEqual([epochs]);
  const divided = await run(all, "divided", { ...shuffled, source: { S3DataDistributionType: "ShardedByS3Key" }, hosts: 2 }) as readonly (readonly string[])[];
  for (const epoch of [0, 1, 2]) expect([...divided.map((host) => host[epoch] ?? "").join("")].toSorted().join("")).toBe("12345");
  expect(divided[0]?.map((order) => [...order].toSorted().join(""))).not.toEqual(["135", "135", "135"]);
});

test("nobody needs to open a pipe, and a stop ends a job that reads one", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS("keep('never opened');"));
  expect(await run(all, "unread", { source: { S3Uri: "s3://jobs/data/" } })).toEqual(["never opened"]);
  const reading = await jobsAgain(all, READS("console.log('reading'); for (let epoch = 0; ; epoch += 1) read(epoch);"));
  await reading.start({ TrainingJobName: "reading", AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "Pipe" } });
  await reading.untilSecondary("Training", "reading");
  await reading.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "reading" }));
  expect((await reading.ended("reading")).TrainingJobStatus).toBe("Stopped");
});

test("what a script makes of the pipes' folder leads the server nowhere else", { timeout: 60_000 }, async (context) => {
  await using cloud = await startCloud();
  needs(context, cloud.isolation, { files: "mount-namespace" });
  const all = await jobs(cloud, READS(`
    import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
    mkdirSync("/tmp/elsewhere");
    renameSync("/opt/ml/input/data", "/opt/ml/input/moved");
    symlinkSync("/tmp/elsewhere", "/opt/ml/input/data");
    const epochs = [0, 1, 2].map((epoch) => String(readFileSync("/opt/ml/input/moved/training_" + epoch)));
    keep({ epochs, elsewhere: readdirSync("/tmp/elsewhere") });
  `));
  await numbers(all);
  expect(await run(all, "moved")).toEqual([{ epochs: ["12345", "12345", "12345"], elsewhere: [] }]);
  const blocked = await jobsAgain(all, READS(`
    import { mkdirSync } from "node:fs";
    mkdirSync("/opt/ml/input/data/training_2");
    read(0);
    setInterval(() => {}, 1000);
  `));
  await expect(run(blocked, "blocked")).rejects.toThrow("ClientError: Data download failed:Failed to download data.");
});

test("RecordIO wraps each object, and Gzip is unpacked on the way", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS("keep(read(0).toString('base64'));"));
  await put(all, "packed/1", gzipSync("first"));
  await put(all, "packed/2", gzipSync("second one"));
  await numbers(all);
  const packed = { S3Uri: "s3://jobs/packed/" };
  expect(await run(all, "unpacked", { source: packed, channel: { CompressionType: "Gzip" } })).toEqual([Buffer.from("firstsecond one").toString("base64")]);
  const [wrapped] = await run(all, "wrapped", { channel: { RecordWrapperType: "RecordIO" } });
  expect(recordsOf(wrapped as string)).toEqual(["1", "2", "3", "4", "5"]);
  const [both] = await run(all, "both", { source: packed, channel: { CompressionType: "Gzip", RecordWrapperType: "RecordIO" } });
  expect(recordsOf(both as string)).toEqual(["first", "second one"]);
});

test("an augmented manifest streams the attributes that are named, in their order, objects by what they hold", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS("keep(read(0).toString('base64'));"));
  await put(all, "a.jpg", "picture a");
  await put(all, "b.jpg", "picture b");
  const lines = [
    { "label": 1, "source-ref": "s3://jobs/a.jpg", "other": "left out", "label-metadata": { type: "groundtruth", confidence: 0.5 }, "title": "A" },
    { "source-ref": "s3://jobs/b.jpg", "label": [0, 2], "label-metadata": {}, "title": "B" },
  ];
  await put(all, "train.manifest", `${lines.map((line) => JSON.stringify(line)).join("\n").replace("0.5", "0.50")}\n`);
  const manifest = (...AttributeNames: string[]) => ({ S3DataType: "AugmentedManifestFile" as const, S3Uri: "s3://jobs/train.manifest", AttributeNames });
  const [wrapped] = await run(all, "wrapped", { source: manifest("source-ref", "label", "label-metadata"), channel: { RecordWrapperType: "RecordIO" } });
  expect(recordsOf(wrapped as string)).toEqual(["picture a", "1", '{"type":"groundtruth","confidence":0.50}', "picture b", "[0,2]", "{}"]);
  const [plain] = await run(all, "plain", { source: manifest("title", "source-ref") });
  expect(Buffer.from(plain as string, "base64").toString()).toBe("Apicture aBpicture b");
  const divided = await run(all, "divided", { source: { ...manifest("source-ref", "title"), S3DataDistributionType: "ShardedByS3Key" }, hosts: 2 });
  expect(divided.map((each) => Buffer.from(each as string, "base64").toString())).toEqual(["picture aA", "picture bB"]);
});

test("a manifest line that does not fit, or an object that is not there, fails the job with its place", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, READS("keep(String(read(0))); setInterval(() => {}, 1000);"));
  await put(all, "no-json.manifest", '{"source-ref": "s3://jobs/a.jpg"}\n\nno json\n');
  await put(all, "lacks.manifest", '{"source-ref": "s3://jobs/a.jpg"}\n');
  await put(all, "no-uri.manifest", '{"source-ref": "a.jpg", "label": 1}\n');
  await put(all, "gone.manifest", '{"source-ref": "s3://jobs/gone.jpg", "label": 1}\n');
  const failing = (name: string) => run(all, name, { source: { S3DataType: "AugmentedManifestFile", S3Uri: `s3://jobs/${name}.manifest`, AttributeNames: name === "no-json" ? ["source-ref"] : ["source-ref", "label"] } });
  await expect(failing("no-json")).rejects.toThrow("ClientError: Data download failed:Failed to download data. Line 3 of the augmented manifest s3://jobs/no-json.manifest is not a JSON object.");
  await expect(failing("lacks")).rejects.toThrow("Line 1 of the augmented manifest s3://jobs/lacks.manifest has no attribute label;");
  await expect(failing("no-uri")).rejects.toThrow("Line 1 of the augmented manifest s3://jobs/no-uri.manifest has for source-ref no S3 URI of an object.");
  await expect(failing("gone")).rejects.toThrow(/^ClientError: Data download failed:Failed to download data\. The specified key does not exist/);
  await put(all, "packed/1", "not packed");
  await expect(run(all, "not-packed", { source: { S3Uri: "s3://jobs/packed/" }, channel: { CompressionType: "Gzip" } })).rejects.toThrow("ClientError: Data download failed:Failed to download data. incorrect header check");
});

test("what belongs to Pipe mode is refused without it, and Pipe mode where nothing reads pipes, before a job exists", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "");
  const manifest = { S3DataType: "AugmentedManifestFile" as const, AttributeNames: ["source-ref"] };
  const refusals: readonly (readonly [Piped, string])[] = [
    [{ source: manifest, channel: { InputMode: "File" } }, "Invalid channel training: AugmentedManifestFile can only be used if the Channel's input mode is Pipe."],
    [{ source: manifest, channel: { InputMode: "FastFile" } }, "AugmentedManifestFile can only be used if the Channel's input mode is Pipe."],
    [{ source: { ...manifest, AttributeNames: undefined } }, "AttributeNames must be given when S3DataType is AugmentedManifestFile."],
    [{ source: { AttributeNames: ["source-ref"] } }, "AttributeNames can only be given when S3DataType is AugmentedManifestFile."],
    [{ source: { S3DataType: "ManifestFile" }, channel: { InputMode: "FastFile" } }, 'Channels that use FastFile mode must use a S3DataType of "S3Prefix".'],
    [{ channel: { InputMode: "File", CompressionType: "Gzip" } }, "CompressionType is used only in Pipe input mode. In File mode, leave this field unset or set it to None."],
    [{ channel: { InputMode: "File", RecordWrapperType: "RecordIO" } }, "RecordWrapperType is used only in Pipe input mode."],
  ];
  for (const [piped, text] of refusals) await expect(run(all, "refused", piped)).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining(text) as string });
  const algorithm = { AlgorithmSpecification: { TrainingImage: "image-classification:1", TrainingInputMode: "Pipe" as const } };
  await expect(all.start(algorithm)).rejects.toThrow("InputDataConfig channel training: InputMode Pipe is not supported by Sagebrush yet: the built-in algorithm in Pipe mode; it reads files");
  await expect(all.describe("refused")).rejects.toThrow("Requested resource not found.");
});

test.runIf(existsSync("/proc/self/fd"))("a job whose pipes cannot be made fails, and leaves nothing open", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "");
  const held = (): readonly string[] => readdirSync("/proc/self/fd").flatMap((each) => {
    try {
      return [readlinkSync(`/proc/self/fd/${each}`)];
    } catch {
      // The one by which the folder was read.
      return [];
    }
  }).filter((target) => target.startsWith(cloud.folder) && target.includes("input/data"));
  const source = { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://jobs/data/" } } as const;
  // The folder of one channel stands where the other's first pipe has to be.
  await all.start({ InputDataConfig: [{ ChannelName: "training", InputMode: "Pipe", DataSource: source }, { ChannelName: "training_0", InputMode: "File", DataSource: source }] });
  expect(await all.ended()).toMatchObject({ TrainingJobStatus: "Failed", FailureReason: expect.stringContaining("training_0") as unknown });
  expect(held()).toEqual([]);
});
