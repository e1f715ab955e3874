import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { allowRole } from "../../support/roles.ts";
import { jobs, type Jobs } from "./support/job.ts";

/** Works for three seconds, and writes 8 MiB through to the disk. */
const WORKS = `
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
const file = openSync("/tmp/data", "w");
writeSync(file, Buffer.alloc(8 * 1024 * 1024, 1));
fsyncSync(file);
closeSync(file);
const until = performance.now() + 3200;
while (performance.now() < until);
`;

const rule = (name: string, more: object = {}) => ({
  RuleConfigurationName: name, RuleEvaluatorImage: "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest", RuleParameters: { rule_to_invoke: "ProfilerReport" }, ...more,
});

const PROFILED = { ProfilerConfig: { S3OutputPath: "s3://jobs/profile/" }, ProfilerRuleConfigurations: [rule("ProfilerReport-1"), rule("Elsewhere", { S3OutputPath: "s3://jobs/reports" })] };

const read = async ({ s3 }: Jobs, Key: string): Promise<string> => (await (await s3.send(new GetObjectCommand({ Bucket: "jobs", Key }))).Body?.transformToString()) ?? "";
const keys = async ({ s3 }: Jobs, Prefix: string): Promise<readonly string[]> => ((await s3.send(new ListObjectsV2Command({ Bucket: "jobs", Prefix }))).Contents ?? []).map(({ Key = "" }) => Key);

test("ProfilerReport leaves a page with plots, the rules' results and every second of the machine", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, WORKS);
  await all.start(PROFILED);
  const job = await all.ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Completed", ProfilerRuleEvaluationStatuses: [{ RuleEvaluationStatus: "NoIssuesFound" }, { RuleEvaluationStatus: "NoIssuesFound" }] });
  const page = await read(all, "out/job-1/rule-output/ProfilerReport-1/profiler-output/profiler-report.html");
  expect(page).toMatch(/^<!doctype html>.*<h1>job-1<\/h1>.*<polyline .*No steps were told of.*<\/html>\n$/s);
  expect(page).not.toMatch(/<script|https?:\/\/|NaN|undefined/);
  expect(await keys(all, "reports/job-1/rule-output/Elsewhere/profiler-output/")).toContain("reports/job-1/rule-output/Elsewhere/profiler-output/profiler-report.html");
  const usage = JSON.parse(await read(all, "out/job-1/rule-output/ProfilerReport-1/profiler-output/profiler-reports/OverallSystemUsage.json")) as { readonly Details: { readonly CPU: Readonly<Record<string, { readonly p95: number }>> } };
  // One busy thread of two vCPUs.
  expect(usage.Details.CPU["algo-1"]?.p95).toBeGreaterThan(25);
  const files = await keys(all, "profile/job-1/profiler-output/system/incremental/");
  expect(files[0]).toMatch(/incremental\/\d{10}\/\d{10}\.algo-1\.json$/);
  const events = (await Promise.all(files.map((file) => read(all, file)))).join("").trim().split("\n").map((line) => JSON.parse(line) as { readonly Type: string; readonly Name: string; readonly Value: number; readonly NodeId: string; readonly Timestamp: number });
  const of = (type: string, name: string): readonly number[] => events.filter(({ Type, Name }) => Type === type && Name === name).map(({ Value }) => Value);
  expect(of("cpu", "cpu").length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...of("cpu", "cpu"))).toBeGreaterThan(25);
  expect(Math.max(...of("memory", "MemoryUsedPercent"))).toBeGreaterThan(0.1);
  expect(events.every(({ NodeId, Timestamp }) => NodeId === "algo-1" && Math.abs(Timestamp * 1000 - Date.now()) < 60_000)).toBe(true);
});

test("a report that S3 refuses is an Error of its rule, not of the job", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "", { actions: ["logs:*"] });
  await allowRole(cloud, { name: "training", actions: ["s3:*"], resources: ["arn:aws:s3:::jobs", "arn:aws:s3:::jobs/data/*", "arn:aws:s3:::jobs/source.tar.gz", "arn:aws:s3:::jobs/out/job-1/output/*"] });
  await all.start({ ProfilerRuleConfigurations: [rule("ProfilerReport-1")] });
  expect(await all.ended()).toMatchObject({ TrainingJobStatus: "Completed", ProfilerRuleEvaluationStatuses: [{ RuleEvaluationStatus: "Error", StatusDetails: expect.stringMatching(/^ClientError: The report could not be written: .*not authorized/) as unknown }] });
});
