/** One figure of the bench. */
export interface Row {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  /** What it should be, in words; absent where there is nothing but the figure. */
  readonly aim?: string;
  readonly met?: boolean;
  /** How it came about: runs, spread, what it stands beside. */
  readonly note?: string;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

/** `a, b, c` with the given digits: every run is shown, so that its spread is. */
export const list = (values: readonly number[], digits = 0): string => values.map((value) => value.toFixed(digits)).join(", ");

const verdict = ({ aim, met }: Row): string => (aim === undefined ? "" : met === true ? "met" : "MISSED");

/** A Markdown table whose columns line up on a terminal too. */
export function table(rows: readonly Row[]): string {
  const cells = [["what", "figure", "aim", "", "runs"], ...rows.map((row) => [row.what, row.figure, row.aim ?? "", verdict(row), row.note ?? ""])];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(line)].join("\n");
}
