import type { CreateTrainingJobRequest, DebugRuleConfiguration } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../../base/instant.ts";
import { collectionsOf, DEBUG_RULES, parametersOf, PROFILER_RULES, type Collection, type Rule } from "../../../../decide/debugger/index.ts";
import { parseImage } from "../../../../runtimes/image.ts";
import type { TensorHook } from "../../../../runtimes/training/index.ts";
import { errors } from "../../errors.ts";

export type RuleStatus = "InProgress" | "NoIssuesFound" | "IssuesFound" | "Error" | "Stopped";

/** A rule of a job and how it stands. */
export interface RuleRecord {
  /** RuleConfigurationName. */
  readonly name: string;
  readonly kind: "debug" | "profiler";
  /** `rule_to_invoke`. */
  readonly rule: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** The job is stopped when the rule finds an issue: the SDK's `rule_configs.StopTraining()`. */
  readonly stops: boolean;
  readonly status: RuleStatus;
  readonly details?: string;
  readonly modifiedAt: Instant;
}

/** Runs all profiler rules and writes a report. */
export const PROFILER_REPORT = "ProfilerReport";
const RULE_IMAGE = "sagemaker-debugger-rules";

/** The rules that a request asks for; throws for one that is not there. */
export function rulesOf({ DebugRuleConfigurations = [], ProfilerRuleConfigurations = [] }: CreateTrainingJobRequest, now: Instant): readonly RuleRecord[] {
  const records = [
    ...DebugRuleConfigurations.map((each) => recordOf(each, "debug", now)),
    ...ProfilerRuleConfigurations.map((each) => recordOf(each, "profiler", now)),
  ];
  const names = records.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw errors.invalid(`RuleConfigurationName ${twice} is given more than once.`);
  return records;
}

/** The rules of a job whose training is over: as the last look has them. What that look did not have, of a job that never trained or added since, is stopped. */
export function settledRules(judged: readonly RuleRecord[], present: readonly RuleRecord[], modifiedAt: Instant): readonly RuleRecord[] {
  const known = new Set(judged.map(({ name }) => name));
  const others = present.filter(({ name }) => !known.has(name));
  return [...judged, ...others.map((rule) => (rule.status === "InProgress" ? { ...rule, status: "Stopped" as const, details: "The training was over before the rule saw anything of it.", modifiedAt } : rule))];
}

export const ruleNamed = (kind: RuleRecord["kind"], name: string): Rule | undefined => (kind === "debug" ? DEBUG_RULES : PROFILER_RULES)[name];

function recordOf({ RuleConfigurationName: name = "", RuleEvaluatorImage: image = "", RuleParameters: given = {} }: DebugRuleConfiguration, kind: RuleRecord["kind"], modifiedAt: Instant): RuleRecord {
  const rule = given["rule_to_invoke"];
  if (rule === undefined || parseImage(image).repository !== RULE_IMAGE) throw errors.unsupported(`The rule ${name}`, `rules of your own; built in are ${builtIn()}`);
  const found = ruleNamed(kind, rule);
  if (found === undefined && !(kind === "profiler" && rule === PROFILER_REPORT)) throw errors.unsupported(`The ${kind === "debug" ? "debugger" : "profiler"} rule ${rule}`, `the built-in rules that are there are ${builtIn()}`);
  return { name, kind, rule, parameters: found === undefined ? {} : parametersOf(found, given), stops: wantsStop(given["action_json"]), status: "InProgress", modifiedAt };
}

const builtIn = (): string => [...Object.keys(DEBUG_RULES), ...Object.keys(PROFILER_RULES), PROFILER_REPORT].join(", ");

/** The SDK's actions: `[{"name": "stoptraining", …}]`; mail and text messages need a service that is not here. */
function wantsStop(json: string | undefined): boolean {
  if (json === undefined) return false;
  let actions: unknown;
  try {
    actions = JSON.parse(json);
  } catch {
    throw errors.invalid("action_json of a rule's RuleParameters is no JSON.");
  }
  const names = (Array.isArray(actions) ? actions : [actions]).map((action) => String((action as { readonly name?: unknown } | null)?.name).toLowerCase());
  const unknown = names.find((name) => name !== "stoptraining");
  if (unknown !== undefined) throw errors.unsupported(`The rule action ${unknown}`, "actions other than StopTraining");
  return names.length > 0;
}

/** What a script is followed by: the collections that the hook's configuration names, and those that the rules look at. Undefined when nothing is asked for. */
export function hookOf({ DebugHookConfig }: CreateTrainingJobRequest, rules: readonly RuleRecord[]): TensorHook | undefined {
  const given = DebugHookConfig?.CollectionConfigurations ?? [];
  const wanted = collectionsOf(rules.flatMap((each) => ruleNamed(each.kind, each.rule) ?? []));
  const profiled = rules.some(({ kind }) => kind === "profiler");
  if (given.length === 0 && rules.length === 0 && !profiled) return undefined;
  const collections: Record<string, Readonly<Record<string, string>>> = Object.fromEntries(wanted.filter((name): name is Exclude<Collection, "classes"> => name !== "classes").map((name) => [name, DebugHookConfig?.HookParameters ?? {}]));
  // Losses are always followed, as by Debugger.
  collections["losses"] ??= DebugHookConfig?.HookParameters ?? {};
  for (const { CollectionName = "", CollectionParameters = {} } of given) collections[CollectionName] = { ...DebugHookConfig?.HookParameters, ...CollectionParameters };
  return { collections, classes: wanted.includes("classes") };
}
