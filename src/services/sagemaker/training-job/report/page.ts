import { SECOND, toDate, type Instant } from "../../../../base/instant.ts";
import { findInstanceType } from "../../../../catalogue/instance-types.ts";
import { costOfResources, groupsAsked } from "../../../../catalogue/resources.ts";
import { digits, type History, type LossValue } from "../../../../decide/debugger/index.ts";
import { billableSeconds, type TrainingJobRecord } from "../training-job.ts";
import type { RuleVerdict } from "./verdicts.ts";
import { escapeHtml, histogram, linePlot, type Series } from "./plots.ts";
import { hostsIn, QUANTITIES, spreadOf, valuesOf, type Quantity, type Spread } from "./statistics.ts";
import { STYLE } from "./style.ts";

export interface ReportFacts {
  readonly job: TrainingJobRecord;
  readonly history: History;
  readonly verdicts: readonly RuleVerdict[];
  readonly now: Instant;
}

/** The report as one page that needs nothing else: no script, no address. */
export function reportPage(facts: ReportFacts): string {
  const { job, history } = facts;
  const found = facts.verdicts.filter(({ state }) => state === "found").length;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(job.name)}: profiler report</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(job.name)}</h1><p class="soft">Profiler report of a training job · ${escapeHtml(toDate(facts.now).toISOString())} · ${found === 0 ? "no rule found an issue" : `${found} rule${found === 1 ? "" : "s"} found an issue`}</p>
<h2>The job</h2>${summary(facts)}
<h2>The rules</h2>${rulesTable(facts.verdicts)}
<h2>The machines</h2>${systemTables(history)}${systemPlots(history)}
<h2>The steps</h2>${steps(history)}
${losses(history)}
</body></html>
`;
}

const row = (name: string, text: string): string => `<tr><th>${escapeHtml(name)}</th><td>${text}</td></tr>`;

function priceOf(type: string): string {
  const price = findInstanceType(type)?.usdPerHour;
  return price === undefined ? ", of unknown price" : `, $${price} an hour each on demand`;
}

function summary({ job, now }: ReportFacts): string {
  const resources = job.request.ResourceConfig;
  const billable = billableSeconds(job, now);
  const cost = costOfResources(resources, billable);
  const spot = job.request.EnableManagedSpotTraining === true;
  const phases = job.transitions.map(({ status, startedAt, endedAt }) => `${status} ${seconds(((endedAt ?? now) - startedAt) / SECOND)}`);
  return `<table>${[
    row("Created", escapeHtml(toDate(job.createdAt).toISOString())),
    row("Went through", phases.map((phase) => `<span class="name">${escapeHtml(phase)}</span>`).join(" → ")),
    row("Instances", escapeHtml(groupsAsked(resources).map(({ type, count }) => `${count} × ${type}${priceOf(type)}`).join("; "))),
    row("Billable so far", escapeHtml(`${billable} s on each${spot ? " (managed spot training, 70 % less assumed)" : ""}${cost === undefined ? "" : `, $${cost.toFixed(5)} together`}`)),
    ...(job.runs.length > 1 ? [row("Lives", escapeHtml(`${job.runs.length}; this report is about the last one`))] : []),
    ...job.notes.map((note) => row("Note", escapeHtml(note))),
  ].join("")}</table>`;
}

const STATES = { found: ["Issue found", "bad"], clear: ["No issue", "good"], "not-judged": ["Not judged", "soft"] } as const;

const rulesTable = (verdicts: readonly RuleVerdict[]): string => `<div class="wide"><table><tr><th>Rule</th><th>Result</th><th>What was seen</th></tr>${verdicts.map(({ rule, about, state, detail }) => {
  const [text, tone] = STATES[state];
  return `<tr><td class="name">${escapeHtml(rule)}</td><td class="state ${tone}">${text}</td><td>${escapeHtml(about)}${detail === "" ? "" : `<br><span class="soft">${escapeHtml(detail)}</span>`}</td></tr>`;
}).join("")}</table></div>`;

const percent = (value: number): string => `${Number(value.toPrecision(3))} %`;
const UNITS = ["B", "KiB", "MiB", "GiB"] as const;
function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  return `${Number((value / 1024 ** power).toPrecision(3))} ${UNITS[power] ?? "B"}/s`;
}
const sayOf = (quantity: Quantity): ((value: number) => string) => (quantity.startsWith("I/O") ? bytes : percent);
const seconds = (value: number): string => (value >= 1 ? `${digits(value)} s` : `${digits(value * 1000)} ms`);

function systemTables({ system }: History): string {
  if (system.length === 0) return '<p class="soft">The program ended before a second of its machines was measured.</p>';
  const columns = ["p50", "p95", "p99", "max"] as const satisfies readonly (keyof Spread)[];
  const rows = hostsIn(system).flatMap((host) => Object.keys(QUANTITIES).map((name) => {
    const quantity = name as Quantity;
    const spread = spreadOf(valuesOf(system, host, quantity));
    return `<tr><td class="name">${escapeHtml(host)}</td><td class="name">${escapeHtml(quantity)}</td>${columns.map((column) => `<td class="number">${spread === undefined ? "" : escapeHtml(sayOf(quantity)(spread[column]))}</td>`).join("")}</tr>`;
  }));
  return `<div class="wide"><table><tr><th>Host</th><th>Use</th>${columns.map((column) => `<th class="number">${column}</th>`).join("")}</tr>${rows.join("")}</table></div>
<p class="soft">Measured once a second. CPU and memory are shares of what each machine has; I/O is what its processes read from storage and wrote to it, what the file cache answered left out; disk is the host's.</p>`;
}

/** As many as have a colour of their own. */
const MOST_LINES = 6;

const PLOTS: readonly (readonly [Quantity, string])[] = [["CPU", "CPU"], ["Memory", "Memory"], ["I/O read", "Read from storage"], ["I/O write", "Written to storage"]];

function systemPlots({ system }: History): string {
  if (hostsIn(system).length === 0 || system.length < 2) return "";
  return PLOTS.map(([quantity, title]) => {
    const series: readonly Series[] = hostsIn(system).map((host) => ({
      name: host, points: system.filter((sample) => sample.host === host).map((sample) => [sample.at ?? 0, sample[QUANTITIES[quantity]] ?? 0] as const),
    }));
    return linePlot(series, { title, x: "seconds since the program began", y: sayOf(quantity), ...(quantity.startsWith("I/O") && { base: 1024 }) }, quantity.startsWith("I/O") ? undefined : 100);
  }).join("");
}

function steps({ stepSeconds, initializationSeconds }: History): string {
  const spread = spreadOf(stepSeconds);
  const first = initializationSeconds === undefined ? "" : `<p>The first step ended ${seconds(initializationSeconds)} after the program began.</p>`;
  if (spread === undefined) return `${first}<p class="soft">No steps were told of: PyTorch's optimizers tell of theirs.</p>`;
  const said = (["p50", "p95", "p99", "max"] as const).map((column) => `${column} ${seconds(spread[column])}`).join(", ");
  const plots = stepSeconds.length < 10 ? "" : histogram(stepSeconds, { title: "How long steps took", x: "seconds from one step to the next", y: (count) => String(Number(count.toPrecision(3))) }, seconds)
    + linePlot([{ name: "step", peaks: true, points: stepSeconds.map((value, index) => [index, value] as const) }], { title: "Step by step", x: "step", y: seconds });
  return `${first}<p>${stepSeconds.length} steps: ${said}.</p>${plots}`;
}

function losses({ losses: values }: History): string {
  const series = lossSeries(values);
  return series.length === 0 ? "" : `<h2>The loss</h2>${linePlot(series, { title: "Loss at saved steps", x: "step", y: digits })}`;
}

/** One line for each loss and mode; where steps begin again, a training that followed another, another line. */
function lossSeries(values: readonly LossValue[]): readonly Series[] {
  const isOnly = new Set(values.map(({ name }) => name)).size === 1;
  const kinds = [...new Map(values.map(({ name, mode }) => [JSON.stringify([name, mode]), { name, mode }])).values()];
  const lines = kinds.flatMap(({ name, mode }) => {
    const runs: (readonly [number, number])[][] = [];
    for (const { step, value } of values.filter((each) => each.name === name && each.mode === mode && Number.isFinite(each.value) && Number.isFinite(each.step))) {
      const run = runs.at(-1);
      if (run === undefined || step < (run.at(-1)?.[0] ?? 0)) runs.push([[step, value]]);
      else run.push([step, value]);
    }
    return runs.map((points, index) => ({ name: `${isOnly ? mode : `${name} ${mode}`}${index === 0 ? "" : `, again (${index + 1})`}`, points }));
  });
  return lines.filter(({ points }) => points.length > 1).slice(-MOST_LINES);
}
