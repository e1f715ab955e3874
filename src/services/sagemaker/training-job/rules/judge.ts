import type { Instant } from "../../../../base/instant.ts";
import { PROFILER_RULES, parametersOf, type History, type Verdict } from "../../../../decide/debugger/index.ts";
import { PROFILER_REPORT, ruleNamed, type RuleRecord } from "./configurations.ts";

/** Whether the job goes on, or how it has ended. */
export type Course = "running" | "ended" | "stopped";

/** The rules after another look. A rule that has found an issue has said its last word, as Debugger's have. */
export function judgeRules(rules: readonly RuleRecord[], history: History, { course, now }: { readonly course: Course; readonly now: Instant }): readonly RuleRecord[] {
  return rules.map((rule) => {
    if (rule.status !== "InProgress") return rule;
    const verdict = verdictOf(rule, history);
    if (verdict.met) return { ...rule, status: "IssuesFound", details: sentence(rule, verdict), modifiedAt: now };
    if (course === "running") return rule;
    const { details: _old, ...rest } = rule;
    return { ...rest, status: course === "stopped" ? "Stopped" : "NoIssuesFound", ...(verdict.note !== undefined && { details: verdict.note }), modifiedAt: now };
  });
}

/** AWS's sentence, then what was seen. */
const sentence = ({ rule }: RuleRecord, { step, detail }: Extract<Verdict, { met: true }>): string =>
  `RuleEvaluationConditionMet: Evaluation of the rule ${rule}${step === undefined ? "" : ` at step ${step}`} resulted in the condition being met: ${detail}\n`;

function verdictOf({ kind, rule, parameters }: RuleRecord, history: History): Verdict {
  if (rule === PROFILER_REPORT) return reportVerdict(history);
  return ruleNamed(kind, rule)?.judge(history, parameters) ?? { met: false };
}

/** ProfilerReport has found something when one of the profiler rules has. */
function reportVerdict(history: History): Verdict {
  const found = Object.entries(PROFILER_RULES).flatMap(([name, rule]) => {
    const verdict = rule.judge(history, parametersOf(rule, {}));
    return verdict.met ? [`${name}: ${verdict.detail}`] : [];
  });
  return found.length === 0 ? { met: false } : { met: true, detail: found.join("; ") };
}
