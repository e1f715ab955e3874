import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { SERVICES } from "../../src/services/registry.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** What git tracks or would, so that a new file counts from its first day. */
const FILES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" })
  .split("\n").filter((path) => path !== "" && existsSync(join(ROOT, path)));
const PAGES = FILES.filter((path) => path.endsWith(".md"));

/** Files that pages speak of and that are not ours: what users write, what other projects have. */
const OF_OTHERS: readonly string[] = ["code/inference.py", "code/serve.py", "code/serve.mjs", "setup.py"];

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}
const MANIFEST = JSON.parse(read("package.json")) as Manifest;

interface Command {
  readonly meta: { readonly name: string };
  readonly args: Readonly<Record<string, { readonly type: string; readonly alias?: string }>>;
}

/** The commands as the program has them. */
async function readCommands(): Promise<ReadonlyMap<string, Command>> {
  const folder = join(ROOT, "src", "cli", "commands");
  const modules = await Promise.all(readdirSync(folder).map(async (file) => (await import(join(folder, file))) as Readonly<Record<string, unknown>>));
  const commands = modules.flatMap((module) => Object.values(module)).filter((value) => typeof value === "object" && value !== null && "meta" in value) as unknown as readonly Command[];
  return new Map(commands.map((command) => [command.meta.name, command]));
}

/** What a page shows as code: fenced blocks line by line, and spans within a line. */
function codeOf(page: string): readonly string[] {
  const fences = [...page.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```/gm)].flatMap(([, body = ""]) => body.split("\n").map((line) => line.trim()));
  const spans = [...page.replace(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...fences, ...spans];
}

/** As GitHub makes an anchor of a heading. */
const anchors = (page: string): ReadonlySet<string> =>
  new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")));

describe.each(PAGES)("%s", (path) => {
  const page = read(path);

  test("names commands and scripts that exist", async () => {
    const commands = await readCommands();
    const wrong = codeOf(page).flatMap((code) => {
      const script = /^npm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/.exec(code);
      if (script) return MANIFEST.scripts[script[1] ?? script[2] ?? ""] === undefined ? [code] : [];
      const [, name = "", rest = ""] = /^(?:npx )?sagebrush (?!--)([\w-]+)(.*)$/.exec(code) ?? [];
      if (name === "") return [];
      const command = commands.get(name);
      const known = new Set(Object.entries(command?.args ?? {}).flatMap(([key, { alias }]) => [key, alias]));
      return command && [...rest.matchAll(/(?<= )--([\w-]+)/g)].every(([, flag]) => known.has(flag) || flag === "help") ? [] : [code];
    });
    expect(wrong).toEqual([]);
  });

  test("names files that exist", () => {
    const named = codeOf(page.replace(/^ *```[\s\S]*?^ *```/gm, "")).filter((code) => /^[\w@./-]+\.(?:ts|mjs|cjs|py)$/.test(code) && !OF_OTHERS.includes(code));
    expect(named.filter((name) => !FILES.some((file) => file === name || file.endsWith(`/${name}`)))).toEqual([]);
  });

  test("leads nowhere that is not there", () => {
    const prose = page.replace(/^ *```[\s\S]*?^ *```/gm, "");
    const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = "", anchor] = target.split("#");
      const full = file === "" ? join(ROOT, path) : resolve(ROOT, dirname(path), file);
      return !existsSync(full) || (anchor !== undefined && full.endsWith(".md") && !anchors(readFileSync(full, "utf8")).has(anchor));
    });
    expect(broken).toEqual([]);
  });
});

test("every decision record has a number of its own, says it in its title, and is dated", () => {
  const files = readdirSync(join(ROOT, "docs", "decisions")).toSorted();
  expect(new Set(files.map((file) => file.slice(0, 4))).size).toBe(files.length);
  for (const file of files) expect(read(join("docs", "decisions", file))).toMatch(new RegExp(`^# ${file.slice(0, 4)}: .+\n\n20\\d\\d-\\d\\d-\\d\\d`));
});

test("every service says what differs from AWS", () => {
  const missing = SERVICES.map(({ id }) => `src/services/${id}/README.md`).filter((path) => !existsSync(join(ROOT, path)) || !/differ|deviat/i.test(read(path)));
  expect(missing).toEqual([]);
});

test("the architecture page has the import directions that the lint enforces", async () => {
  const { LAYERS } = (await import(join(ROOT, "scripts", "lint", "layers.mjs"))) as { readonly LAYERS: Readonly<Record<string, unknown>> };
  const rows = [...read("docs/architecture.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  const present = Object.keys(LAYERS).filter((layer) => existsSync(join(ROOT, "src", layer)));
  expect(new Set(rows)).toEqual(new Set(present));
});

test("the comparison counts SageMaker's operations as the ledger does", () => {
  const [, done = "", all = ""] = /\[Amazon SageMaker\]\(#sagemaker\) \| (\d+) \| (\d+) \|/.exec(read("docs/reference/coverage.md")) ?? [];
  expect(read("README.md")).toContain(`| SageMaker operations | ${done} of ${all},`);
});

test("the command can be executed as it is checked out: npx would change its mode, or fail where it has run before", () => {
  expect(statSync(join(ROOT, "bin", "sagebrush.mjs")).mode & 0o111).toBe(0o111);
});

test("the changes begin with the version that would be published", () => {
  expect(/^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1]).toBe(MANIFEST.version);
});
