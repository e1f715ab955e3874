import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = "test/lint/violations";

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

/** `eslint(no-var)`, `house(no-clock)` … by file, as oxlint reports them under the repository's own configuration. */
function reported(): ReadonlyMap<string, ReadonlySet<string>> {
  const oxlint = spawnSync(
    process.execPath,
    ["node_modules/oxlint/bin/oxlint", "-c", "test/lint/violations.oxlintrc.json", "--type-aware", "--format=json", FOLDER],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  const { diagnostics } = JSON.parse(oxlint.stdout) as Report;
  const byFile = new Map<string, Set<string>>();
  for (const { filename, code } of diagnostics) byFile.set(filename, (byFile.get(filename) ?? new Set()).add(code));
  return byFile;
}

/** The rules that the configuration turns on by name, in the form of the reports. */
function configured(): readonly string[] {
  const text = readFileSync(".oxlintrc.json", "utf8").replace(/^\s*\/\/.*$/gm, "");
  const { rules } = JSON.parse(text) as { readonly rules: Readonly<Record<string, unknown>> };
  return Object.entries(rules).filter(([, level]) => level !== "off").map(([name]) => {
    const [plugin = "", rule] = name.includes("/") ? name.split("/") : ["eslint", name];
    return `${plugin}(${rule})`;
  });
}

const violations = globSync(`${FOLDER}/**/*.ts`)
  .map((file) => ({ file: relative(".", file), expected: /^\/\/ expect (\S+)/.exec(readFileSync(file, "utf8"))?.[1] }))
  .flatMap(({ file, expected }) => (expected === undefined ? [] : [{ file, expected }]));

describe("the lint", () => {
  const reports = reported();

  it.each(violations)("reports $expected in $file", ({ file, expected }) => {
    expect([...(reports.get(file) ?? [])]).toContain(expected);
  });

  it("has a deliberate violation of every rule that the configuration names", () => {
    const tried = new Set(violations.map(({ expected }) => expected));
    expect(configured().filter((rule) => !tried.has(rule))).toEqual([]);
  });
});
