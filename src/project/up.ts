import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { costOfFunction, costOfInstance, S3_PRICES } from "../catalogue/prices.ts";
import type { MachineHost } from "../machines/types.ts";
import type { Clock } from "../shared/clock.ts";
import type { Clients } from "../sdk/clients.ts";
import { fetchArtifact, type FetchedArtifact } from "./artifact.ts";
import { archiveFunction, bundleHandler, uploadFunction } from "./bundle-function.ts";
import { checkArtifact, type ArtifactCheck } from "./check-artifact.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { readDataSet, type DataSet, type Picture } from "./images.ts";
import { invokeFunction, type FunctionAnswer } from "./invoke.ts";
import type { LoadedProject } from "./load.ts";
import type { LocalState } from "./local-state.ts";
import { namesOf, type ProjectPlace } from "./names.ts";
import { applyTemplate, type Applied } from "./plan/apply.ts";
import type { Progress, StepReport } from "./progress.ts";
import { readSource } from "./source.ts";
import { foundationTemplate } from "./template/foundation.ts";
import { servingTemplate, type Release } from "./template/serving.ts";
import { train, type TrainedModel } from "./train.ts";
import { uploadDataSet } from "./upload.ts";
import { removeVersions, versionedNames } from "./versions.ts";

export interface UpParts {
  readonly clients: Clients;
  readonly place: ProjectPlace;
  readonly clock: Clock;
  readonly state: LocalState;
  readonly progress: Progress;
  /** Where the artifact is tried out before it is deployed. */
  readonly machines: () => Promise<MachineHost>;
}

export interface StepCost {
  readonly title: string;
  readonly seconds: number;
  /** Estimated for AWS, us-east-1; undefined where no price is known. */
  readonly usd: number | undefined;
}

/** What `up` made, and how well it does. */
export interface UpResult {
  readonly model: TrainedModel;
  readonly check: ArtifactCheck;
  readonly evaluation: Evaluation;
  readonly sample: Picture;
  readonly answer: FunctionAnswer;
  readonly endpointName: string;
  readonly functionName: string;
  readonly functionUrl: string;
  readonly costs: readonly StepCost[];
}

/** Data → training → checked artifact → endpoint, function, roles → held-out accuracy → an answer. Everything done is found again. */
export async function up({ project, folder }: LoadedProject, parts: UpParts): Promise<UpResult> {
  const { clients, place, progress, state } = parts;
  const names = namesOf(project.name, place);
  const costs: StepCost[] = [];
  const step = async <T>(title: string, work: (report: StepReport) => Promise<readonly [T, number | undefined]>): Promise<T> => {
    const began = parts.clock.monotonic();
    const [result, usd] = await progress.step(title, work);
    costs.push({ title, seconds: (parts.clock.monotonic() - began) / 1000, usd });
    return result;
  };

  // The function is bundled here too: what is wrong with it is known before training costs anything.
  const { data, handler, source } = await step("Read and split the pictures", async (report) => {
    const read = await readDataSet(resolve(folder, project.data.images));
    report.detail(`${read.pictures.length} pictures, ${read.classes.length} classes`);
    return [{ data: read, handler: await bundleHandler(project, folder), source: await readSource(project, folder) }, undefined];
  });
  const foundation = await step("Bucket and training role", async (report) => [await apply(parts, foundationTemplate(project, place), report), undefined]);
  await step("Upload the pictures", async (report) => {
    const sent = await uploadDataSet(clients, { bucket: names.bucket, data, report });
    if (sent === 0) report.skip("all there");
    return [sent, sent * S3_PRICES.perPut];
  });
  const { instances } = project.training;
  const model = await step(`Train on ${instances.count > 1 ? `${instances.count} x ` : ""}${instances.type}${project.training.spot === undefined ? "" : ", spot"}`, async (report) => {
    const trained = await train(clients, { project, data, source, bucket: names.bucket, roleArn: foundation.outputs["TrainingRoleArn"] ?? "", region: place.region }, report);
    if (trained.reused) report.skip(`found: ${trained.jobName}`);
    return [trained, costOfInstance(instances.type, trained.billableSeconds, instances.count)];
  });
  return withFolder(async (scratch) => {
    const { artifact, check } = await step("Check the artifact before it is deployed", async (report) => [await checked({ project, parts, data, model, scratch }, report), undefined]);
    const applied = await step("Endpoint and function, each with its own narrow role", async (report) => {
      const archive = await archiveFunction(handler, artifact.labels);
      await uploadFunction(clients, names.bucket, archive);
      const release: Release = { image: model.image, artifact: model.artifact, artifactHash: artifact.hash, functionKey: archive.key };
      const template = servingTemplate(project, place, release);
      const served = await apply(parts, template, report);
      // As CloudFormation does after a replacement: what was replaced goes once what replaces it serves.
      if (Object.values(served.changes).some((change) => change !== "unchanged")) await removeVersions(clients, project.name, { keep: versionedNames(template) });
      return [served, undefined];
    });
    const endpointName = applied.outputs["EndpointName"] ?? "";
    const evaluation = await step("Accuracy on held-out pictures", async (report) => {
      const known = `${artifact.hash}/${data.fingerprint}`;
      const earlier = state.get<Evaluation>("evaluation", known);
      if (earlier) report.skip("known for this model");
      const result = earlier ?? await evaluate(clients, { endpointName, data, report });
      await state.put("evaluation", known, result);
      return [result, undefined];
    });
    const sample = sampleOf(data);
    const functionName = applied.outputs["FunctionName"] ?? "";
    const answer = await step("Ask the function about a picture it has not seen", async (report) => {
      report.detail(sample.path);
      const said = await invokeFunction(clients, functionName, { image: (await readFile(sample.file)).toString("base64") });
      return [said, costOfFunction({ requests: 1, seconds: said.billedSeconds, memoryMiB: project.function.memory })];
    });
    return { model, check, evaluation, sample, answer, endpointName, functionName, functionUrl: applied.outputs["FunctionUrl"] ?? "", costs };
  });
}

async function apply({ clients, place }: UpParts, template: Parameters<typeof applyTemplate>[0], report: StepReport): Promise<Applied> {
  const applied = await applyTemplate(template, { clients, place, onProgress: (logicalId, doing) => report.detail(`${logicalId}: ${doing}`) });
  if (Object.values(applied.changes).every((change) => change === "unchanged")) report.skip("unchanged");
  else report.detail(Object.entries(applied.changes).filter(([, change]) => change !== "unchanged").map(([id, change]) => `${id} ${change}`).join(", "));
  return applied;
}

interface Checking {
  readonly project: LoadedProject["project"];
  readonly parts: UpParts;
  readonly data: DataSet;
  readonly model: TrainedModel;
  readonly scratch: string;
}

/** Fetches the artifact and tries it out, unless this very archive was found good on this type before. */
async function checked({ project, parts, data, model, scratch }: Checking, report: StepReport): Promise<{ readonly artifact: FetchedArtifact; readonly check: ArtifactCheck }> {
  const fetched = await fetchArtifact(parts.clients, model.artifact, scratch);
  // A script need not leave them: its probabilities come in the order of the classes' names.
  const artifact = { ...fetched, labels: fetched.labels.length > 0 ? fetched.labels : data.classes };
  const { type } = project.endpoint.instances;
  const known = `${artifact.hash}/${type}`;
  const earlier = parts.state.get<ArtifactCheck>("check", known);
  if (earlier) {
    report.skip("checked before");
    return { artifact, check: earlier };
  }
  const check = await checkArtifact(artifact, {
    machines: await parts.machines(), clock: parts.clock, image: model.image, instanceType: type, region: parts.place.region,
    sample: await readFile(sampleOf(data).file), classes: data.classes.length,
  });
  await parts.state.put("check", known, check);
  report.detail(`answers in ${Math.round(check.answerMs)} ms, ${check.peakMiB} MiB of memory`);
  return { artifact, check };
}

/** The first held-out picture: always the same one. */
function sampleOf(data: DataSet): Picture {
  const sample = data.pictures.find(({ split }) => split === "test");
  if (!sample) throw new Error("the data set has no held-out picture");
  return sample;
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sagebrush-up-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
