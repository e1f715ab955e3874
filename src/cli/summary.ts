import { costPerDay } from "../catalogue/prices.ts";
import type { Evaluation } from "../project/evaluate.ts";
import type { FunctionAnswer } from "../project/invoke.ts";
import type { Project } from "../project/schema.ts";
import type { UpResult } from "../project/up.ts";
import type { Finding } from "../review/index.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const usd = (amount: number | undefined): string => (amount === undefined ? "" : `$${amount < 0.01 ? amount.toFixed(6) : amount.toFixed(4)}`);

/** Rows as aligned columns, two spaces apart; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => (/^[\d$.,\s%/–-]+$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join("  ").trimEnd());
}

/** How well the deployed model does, class by class. */
export const evaluationLines = ({ pictures, right, accuracy, chance, classes }: Evaluation): readonly string[] => [
  `Accuracy on ${pictures} held-out pictures: ${percent(accuracy)} (${right} right; chance would be ${percent(chance)})`,
  ...table(classes.map((each) => [`  ${each.className}`, `${each.right}/${each.pictures}`, percent(each.right / each.pictures)])),
];

/** Findings of a review, each with its evidence and what to do. */
export const findingLines = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ rule, subject, evidence, advice }) => ["", `${rule}: ${subject}`, `  seen   ${evidence}`, `  do     ${advice}`]);

interface Guess {
  readonly breed: string;
  readonly probability: number;
}

/** What the function said, or how it failed. */
export function answerLines({ answer, sample }: UpResult): readonly string[] {
  const { body } = (answer.payload ?? {}) as { readonly body?: unknown };
  const { top: [first, ...rest] = [], error } = bodyOf(body);
  if (hasFailed(answer) || first === undefined) return [`The function answered for ${sample.path}: ${error ?? JSON.stringify(answer.payload)}`];
  return [
    `The function answered for ${sample.path}: ${first.breed} (${percent(first.probability)})`,
    `  runners-up: ${rest.map(({ breed, probability }) => `${breed} (${percent(probability)})`).join(", ")}`,
  ];
}

/** Whether a function ended in an error, or answered with an HTTP status that is one. */
export function hasFailed({ error, payload }: FunctionAnswer): boolean {
  const { statusCode } = (payload ?? {}) as { readonly statusCode?: unknown };
  return error !== undefined || (typeof statusCode === "number" && statusCode >= 400);
}

/** The example's body; a project's own function may answer in any form. */
function bodyOf(body: unknown): { readonly top?: readonly Guess[]; readonly error?: string } {
  try {
    return (typeof body === "string" ? JSON.parse(body) as ReturnType<typeof bodyOf> | null : undefined) ?? {};
  } catch {
    return {};
  }
}

/** What each step took here, and what AWS would ask for it. */
export function costLines({ costs }: UpResult, { endpoint }: Project): readonly string[] {
  const { type, min } = endpoint.instances;
  const total = costs.reduce((sum, cost) => sum + (cost.usd ?? 0), 0);
  return [
    "Seconds here, and the estimated cost on AWS (us-east-1):",
    ...table(costs.map(({ title, seconds, usd: amount }) => [`  ${title}`, seconds.toFixed(1), usd(amount)])),
    `  in all ${usd(total)}; the endpoint then costs $${(costPerDay(type, min) ?? 0).toFixed(2)} a day on AWS, busy or idle`,
  ];
}
