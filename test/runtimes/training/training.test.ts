import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "tar";
import { expect, test } from "vitest";
import { openTrainingRuntimes } from "../../../src/runtimes/training/index.ts";
import { startHost } from "../../machines/support.ts";
import { ALGORITHMS, dogtools, NO_INDEX, sourceArchive, train } from "../support.ts";

const REPORT = `
import json, os, sys
print(json.dumps({"args": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ), "config": {name: json.load(open(os.environ["SM_INPUT_CONFIG_DIR"] + "/" + name + ".json")) for name in ("hyperparameters", "resourceconfig", "inputdataconfig")}}))
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.pt"), "w").write("weights")
`;

test("a script finds its arguments, its variables and its configuration as on AWS", async () => {
  await using cloud = await startHost();
  const { outcome, lines, mlFolder } = await train(cloud, {
    files: { "train.py": REPORT },
    channels: [{ name: "train", contentType: "application/x-image" }, { name: "validation", contentType: undefined }],
    hyperparameters: {
      sagemaker_program: '"train.py"', sagemaker_submit_directory: '"s3://bucket/source.tar.gz"', sagemaker_container_log_level: "20", sagemaker_job_name: '"job-1"', sagemaker_extra: "true",
      epochs: "5", "learning-rate": "1e-05", name: '"two words"', layers: "[1,2]", flag: "true", x: "1",
    },
    environment: { MINE: "yes" },
  });
  expect(outcome).toEqual({ kind: "completed" });
  expect(readFileSync(join(mlFolder, "model", "model.pt"), "utf8")).toBe("weights");
  const seen = JSON.parse(lines.at(-1) ?? "") as { args: string[]; cwd: string; env: Record<string, string>; config: Record<string, unknown> };
  const root = cloud.host.isolation.files === "mount-namespace" ? "/opt/ml" : mlFolder;
  const args = ["--epochs", "5", "--flag", "True", "--layers", "[1, 2]", "--learning-rate", "1e-05", "--name", "two words", "-x", "1"];
  expect(seen.args).toEqual(args);
  expect(seen.cwd).toBe(`${root}/code`);
  expect(seen.env).toMatchObject({
    SM_MODEL_DIR: `${root}/model`, SM_OUTPUT_DATA_DIR: `${root}/output/data`, SM_OUTPUT_DIR: `${root}/output`, SM_INPUT_DIR: `${root}/input`,
    SM_CHANNELS: '["train","validation"]', SM_CHANNEL_TRAIN: `${root}/input/data/train`, SM_CHANNEL_VALIDATION: `${root}/input/data/validation`,
    SM_HOSTS: '["algo-1"]', SM_CURRENT_HOST: "algo-1", SM_NUM_GPUS: "0", SM_NUM_CPUS: "1", SM_USER_ENTRY_POINT: "train.py", SM_MODULE_NAME: "train",
    SM_MODULE_DIR: "s3://bucket/source.tar.gz", SM_LOG_LEVEL: "20", SM_FRAMEWORK_PARAMS: '{"sagemaker_extra":true}', SM_FRAMEWORK_MODULE: "", SM_CURRENT_INSTANCE_TYPE: "ml.t3.medium",
    SM_HPS: '{"epochs":5,"flag":true,"layers":[1,2],"learning-rate":1e-05,"name":"two words","x":1}', SM_HP_EPOCHS: "5", "SM_HP_LEARNING-RATE": "1e-05", SM_HP_NAME: "two words", SM_HP_LAYERS: "[1,2]",
    SM_USER_ARGS: JSON.stringify(args), SM_IS_HETERO: "false", TRAINING_JOB_NAME: "job-1", AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_SESSION_TOKEN: "token",
    OMP_WAIT_POLICY: "PASSIVE", OMP_NUM_THREADS: "1", MINE: "yes",
  });
  expect(JSON.parse(seen.env["SM_TRAINING_ENV"] ?? "")).toMatchObject({ channel_input_dirs: { train: `${root}/input/data/train` }, hyperparameters: { epochs: 5 }, job_name: "job-1" });
  expect(seen.config).toMatchObject({
    hyperparameters: { epochs: "5", name: '"two words"' },
    resourceconfig: { current_host: "algo-1", hosts: ["algo-1"], current_instance_type: "ml.t3.medium" },
    inputdataconfig: { train: { TrainingInputMode: "File", ContentType: "application/x-image", S3DistributionType: "FullyReplicated", RecordWrapperType: "None" }, validation: { TrainingInputMode: "File" } },
  });
});

test("a script that raises fails the job in the toolkit's words", async () => {
  await using cloud = await startHost();
  const { outcome } = await train(cloud, { files: { "train.py": "print('start')\nraise ValueError('bad data')\n" }, hyperparameters: { sagemaker_program: '"train.py"', epochs: "1" } });
  expect(outcome).toEqual({
    kind: "failed",
    reason: `AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "raise ValueError('bad data')\nValueError: bad data"\nCommand "/usr/bin/python3 train.py --epochs 1", exit code: 1`,
  });
});

test("a long error is cut, and the exit code still stands at the end", async () => {
  await using cloud = await startHost();
  const { outcome } = await train(cloud, { files: { "train.py": "raise ValueError('x' * 5000)\n" } });
  expect(outcome.kind === "failed" && outcome.reason.length).toBe(1024);
  expect(outcome.kind === "failed" && outcome.reason.endsWith(", exit code: 1")).toBe(true);
});

test("a script killed by a signal is told by its number", async () => {
  await using cloud = await startHost();
  const { outcome } = await train(cloud, { files: { "train.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n" } });
  expect(outcome).toMatchObject({ reason: expect.stringMatching(/^AlgorithmError: ExecuteUserScriptError:\nExitCode -11\n/) as unknown });
});

test("a script that needs more memory than its type has fails with AWS's reason and a hint that names what would do", async () => {
  await using cloud = await startHost();
  const { outcome } = await train(cloud, { files: { "train.py": "hoard = [bytearray(b'1') * (1 << 20) for _ in range(5000)]\n" } }, 300);
  expect(outcome).toEqual({
    kind: "failed",
    reason: expect.stringMatching(/^ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance\. \(The job reached \d+ MiB, and this host gives ml\.t3\.medium 300 MiB\. The cheapest type with more is ml\.t3\.large \(8 GiB, USD 0\.1 an hour\)\.\)$/) as unknown,
  });
});

test("a shell script and a Node script run too", async () => {
  await using cloud = await startHost();
  const shell = await train(cloud, { files: { "go.sh": "#!/bin/sh\necho \"got $1 $2\"\n" }, hyperparameters: { sagemaker_program: '"go.sh"', name: '"a b"' } });
  expect([shell.outcome, shell.lines]).toEqual([{ kind: "completed" }, ["got --name a b"]]);
  const node = await train(cloud, { image: "node-training", files: { "train.mjs": "console.log(process.argv.slice(2).join(), process.env.SM_HP_EPOCHS)" }, hyperparameters: { sagemaker_program: '"train.mjs"', epochs: "3" } });
  expect([node.outcome, node.lines]).toEqual([{ kind: "completed" }, ["--epochs,3 3"]]);
});

test("requirements are installed into an environment of the job's own; what the interpreter has is not installed again", async () => {
  await using cloud = await startHost();
  const wheel = dogtools();
  const { outcome, lines } = await train(cloud, {
    pip: NO_INDEX, files: { "train.py": "import dogtools, sys\nprint(dogtools.BREEDS, sys.prefix != sys.base_prefix)", "dogtools-1.0-py3-none-any.whl": wheel, "requirements.txt": "# tools\n./dogtools-1.0-py3-none-any.whl\n" },
  });
  expect(outcome).toEqual({ kind: "completed" });
  expect(lines[0]).toBe("requirements.txt: installing ./dogtools-1.0-py3-none-any.whl");
  expect(lines.at(-1)).toBe("133 True");
  // Nothing of it reached the interpreter.
  const after = await train(cloud, { files: { "train.py": "import dogtools" } });
  expect(after.outcome).toMatchObject({ kind: "failed", reason: expect.stringContaining("No module named 'dogtools'") as unknown });
});

test("a source folder with a setup.py is installed as a package and its module run", { timeout: 90_000 }, async () => {
  await using cloud = await startHost();
  const setup = "from setuptools import setup\nsetup(name='dogs', version='1.0', packages=['dogs'])";
  const files = { "setup.py": setup, "dogs/__init__.py": "", "dogs/train.py": "import importlib.metadata, sys\nprint(__name__, importlib.metadata.version('dogs'), sys.argv[1:])" };
  const { outcome, lines } = await train(cloud, { pip: NO_INDEX, files, hyperparameters: { sagemaker_program: '"dogs.train"', epochs: "2" } });
  expect(outcome).toEqual({ kind: "completed" });
  expect(lines.at(-1)).toBe("__main__ 1.0 ['--epochs', '2']");
  const broken = await train(cloud, { pip: NO_INDEX, files: { ...files, "setup.py": "raise SystemExit('no package')" }, hyperparameters: { sagemaker_program: '"dogs.train"' } });
  expect(broken.outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^AlgorithmError: InstallModuleError:\nExitCode 1\nErrorMessage "[^]*\nCommand "\/usr\/bin\/python3 -m pip install \.", exit code: 1$/) as unknown });
});

test("requirements that cannot be met fail the job in the toolkit's words", async () => {
  await using cloud = await startHost();
  const missing = await train(cloud, { pip: NO_INDEX, files: { "train.py": "print('never')", "requirements.txt": "no-such-package-anywhere>=1 # needed\n" } });
  expect(missing.outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^AlgorithmError: InstallRequirementsError:\nExitCode 1\nErrorMessage ".*No matching distribution found for no-such-package-anywhere[^]*, exit code: 1$/s) as unknown });
  expect(missing.lines).not.toContain("never");
});

const TORCHVISION = spawnSync("/usr/bin/python3", ["-c", "import torchvision"]).status === 0;

test.skipIf(!TORCHVISION && !process.env["CI"])("pretrained weights come from TORCH_HOME; without the file the job says which one and where it belongs (skipped without torchvision in /usr/bin/python3)", { timeout: 60_000 }, async () => {
  expect(TORCHVISION, "CI needs python3-torchvision").toBe(true);
  await using cloud = await startHost();
  const home = mkdtempSync(join(cloud.folder, "weights-"));
  chmodSync(home, 0o755);
  const script = { files: { "train.py": "import torchvision\nmodel = torchvision.models.squeezenet1_1(pretrained=True)\nprint('weight', float(model.classifier[1].bias[0]))" } };
  const missing = await train(cloud, { ...script, pip: { TORCH_HOME: home } }, 1024);
  expect(missing.outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(/FileNotFoundError: the pretrained weights squeezenet1_1-\w+\.pth are not here/) as unknown });
  expect(missing.outcome).toMatchObject({ reason: expect.stringContaining(`/hub/checkpoints/squeezenet1_1-`) as unknown });
  const name = /(squeezenet1_1-\w+\.pth)/.exec(JSON.stringify(missing.outcome))?.[1] ?? "";
  // Weights of chance under that name: what the user would have downloaded.
  const made = spawnSync("/usr/bin/python3", ["-W", "ignore", "-c", `import os, torch, torchvision
os.makedirs(${JSON.stringify(`${home}/hub/checkpoints`)})
model = torchvision.models.squeezenet1_1()
torch.nn.init.constant_(model.classifier[1].bias, 0.25)
torch.save(model.state_dict(), ${JSON.stringify(`${home}/hub/checkpoints/${name}`)})`]);
  expect(String(made.stderr)).toBe("");
  const there = await train(cloud, { ...script, pip: { TORCH_HOME: home } }, 1024);
  expect(there.outcome).toEqual({ kind: "completed" });
  expect(there.lines).toContain("weight 0.25");
});

for (const [what, job, reason] of [
  ["no program named", { hyperparameters: {}, files: { "train.py": "" } }, /sagemaker_program is missing/],
  ["a program that is not there", { files: { "other.py": "" } }, /names train\.py, which is not in the source archive/],
  ["a program outside the code", { files: { "train.py": "" }, hyperparameters: { sagemaker_program: "../../etc/passwd" } }, /which is not in the source archive/],
  ["a package's module with an impossible name", { files: { "setup.py": "" }, hyperparameters: { sagemaker_program: "-c" } }, /names -c, which is not the name of a module/],
] as const) {
  test(`${what} is the client's error`, async () => {
    await using cloud = await startHost();
    const { outcome } = await train(cloud, job);
    expect(outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^ClientError: /) as unknown });
    expect(outcome.kind === "failed" && outcome.reason).toMatch(reason);
  });
}

test("code that came with a channel is found by its place, as a job without a network has it", async () => {
  await using cloud = await startHost();
  const archive = readFileSync(await sourceArchive({ "train.py": "print('from the archive')" }, cloud.folder));
  const from = async (directory: string, placed: Readonly<Record<string, string | Uint8Array>>) => {
    const { outcome, lines } = await train(cloud, { placed, channels: [{ name: "code", contentType: undefined }], hyperparameters: { sagemaker_program: '"train.py"', sagemaker_submit_directory: JSON.stringify(directory) } });
    return outcome.kind === "failed" ? outcome.reason : lines.join();
  };
  expect(await from("/opt/ml/input/data/code/sourcedir.tar.gz", { "input/data/code/sourcedir.tar.gz": archive })).toBe("from the archive");
  expect(await from("/opt/ml/input/data/code", { "input/data/code/train.py": "print('from the folder')" })).toBe("from the folder");
  expect(await from("/opt/ml/input/data/code/train.py", { "input/data/code/train.py": "print('from the file')" })).toBe("from the file");
  expect(await from("/opt/ml/input/data/code/gone.tar.gz", {})).toBe("ClientError: sagemaker_submit_directory names /opt/ml/input/data/code/gone.tar.gz, which no channel has brought.");
  for (const elsewhere of ["/etc", "/opt/ml/../../etc"]) expect(await from(elsewhere, {})).toBe(`ClientError: sagemaker_submit_directory names ${elsewhere}, which is neither in S3 nor under /opt/ml/.`);
});

test("an archive with a link or a way out is refused, and nothing is written outside", async () => {
  await using cloud = await startHost();
  const folder = mkdtempSync(join(cloud.folder, "evil-"));
  writeFileSync(join(folder, "train.py"), "");
  symlinkSync("/etc", join(folder, "link"));
  await create({ gzip: true, cwd: folder, file: `${folder}.tar.gz` }, ["train.py", "link"]);
  const { outcome, mlFolder } = await train(cloud, { sourceArchive: `${folder}.tar.gz` });
  expect(outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^ClientError: The archive cannot be unpacked: link is a SymbolicLink/) as unknown });
  expect(statSync(join(mlFolder, "code"), { throwIfNoEntry: false })).toBeUndefined();
  writeFileSync(`${folder}.bad`, "not an archive at all");
  expect((await train(cloud, { sourceArchive: `${folder}.bad` })).outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^ClientError: The archive cannot be unpacked/) as unknown });
});

test("the built-in algorithm's own words are the reason when its input is not there", async () => {
  await using cloud = await startHost();
  const { outcome, lines } = await train(cloud, { image: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1", hyperparameters: {} }, 1024);
  expect({ ...outcome, lines }).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^ClientError: .*, exit code: 1$/s) as unknown });
});

test("images are found by repository, whatever the registry, and others are refused by name", () => {
  const isolation = { memory: "watchdog", cpu: "nice", processes: "none", identity: "same-user", files: "none", network: "shared", notes: [] } as const;
  const runtimes = openTrainingRuntimes({ isolation, python: undefined, algorithms: ALGORITHMS });
  expect(runtimes.find("811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1")).toMatchObject({ kind: "found", metricDefinitions: ALGORITHMS["image-classification"].metricDefinitions });
  expect(runtimes.find("python")).toMatchObject({ kind: "found", metricDefinitions: undefined });
  expect(runtimes.find("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/python:3")).toMatchObject({ kind: "refused", reason: expect.stringContaining("team/python:3 is not one that Sagebrush can run") as unknown });
  expect(openTrainingRuntimes({ isolation, python: "/nowhere/python3", algorithms: ALGORITHMS }).find("python")).toMatchObject({ kind: "refused", reason: expect.stringContaining("/nowhere/python3") as unknown });
});
