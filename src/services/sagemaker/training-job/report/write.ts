import type { Instant } from "../../../../base/instant.ts";
import type { History } from "../../../../decide/debugger/index.ts";
import type { Transfer } from "../../transfer.ts";
import { parseS3Uri } from "../../validate.ts";
import { PROFILER_REPORT, type RuleRecord } from "../rules/configurations.ts";
import type { TrainingJobRecord } from "../training-job.ts";
import { reportPage } from "./page.ts";
import { hostsIn, spreadOf, valuesOf, type Quantity } from "./statistics.ts";
import { verdictsOf, type RuleVerdict } from "./verdicts.ts";

/**
 * Writes the report of each ProfilerReport rule to `rule-output/<RuleConfigurationName>/profiler-output/` in the job's output prefix: the page, and each rule's
 * result as JSON: https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-profiling-report.html. Gives the rules, as Error where S3 refused.
 */
export async function writeReports(transfer: Transfer, job: TrainingJobRecord, { rules, history, now }: { readonly rules: readonly RuleRecord[]; readonly history: History; readonly now: Instant }): Promise<readonly RuleRecord[]> {
  return Promise.all(rules.map(async (rule) => {
    if (rule.kind !== "profiler" || rule.rule !== PROFILER_REPORT) return rule;
    try {
      await writeReport(transfer, { job, rule, history, now });
      return rule;
    } catch (error) {
      return { ...rule, status: "Error" as const, details: `ClientError: The report could not be written: ${(error as Error).message}`, modifiedAt: now };
    }
  }));
}

interface Report {
  readonly job: TrainingJobRecord;
  readonly rule: RuleRecord;
  readonly history: History;
  readonly now: Instant;
}

async function writeReport({ call, principal, region, signal }: Transfer, { job, rule, history, now }: Report): Promise<void> {
  const given = job.request.ProfilerRuleConfigurations?.find(({ RuleConfigurationName }) => RuleConfigurationName === rule.name)?.S3OutputPath;
  const { bucket, key } = parseS3Uri(given ?? job.request.OutputDataConfig?.S3OutputPath ?? "");
  const prefix = `${key === "" ? "" : `${key.replace(/\/+$/, "")}/`}${job.name}/rule-output/${rule.name}/profiler-output`;
  const put = (name: string, ContentType: string, text: string): Promise<unknown> =>
    call("s3", "PutObject", { Bucket: bucket, Key: `${prefix}/${name}`, Body: Buffer.from(text), ContentType }, { principal, region, signal });
  const verdicts = verdictsOf(history);
  await put("profiler-report.html", "text/html; charset=utf-8", reportPage({ job, history, verdicts, now }));
  for (const verdict of verdicts) await put(`profiler-reports/${verdict.rule}.json`, "application/json", JSON.stringify(resultOf(verdict, history)));
}

/** As AWS's rules write it, where notebooks read it: `Details.CPU["algo-1"].p50`. */
function resultOf({ rule, state, detail }: RuleVerdict, { system, stepSeconds }: History): object {
  const spreads = (quantity: Quantity): object => Object.fromEntries(hostsIn(system).map((host) => [host, spreadOf(valuesOf(system, host, quantity))]));
  const details = rule === "OverallSystemUsage" ? { CPU: spreads("CPU"), "CPU memory": spreads("Memory") } : rule === "StepOutlier" ? { step_details: { step_stats: spreadOf(stepSeconds) ?? {} } } : {};
  return { RuleTriggered: state === "found" ? 1 : 0, Violations: state === "found" ? 1 : 0, Details: { ...details, ...(detail !== "" && { text: detail }) }, Datapoints: rule === "StepOutlier" ? stepSeconds.length : system.length, RuleParameters: "" };
}
