// `npm run test:clients [-- name…]`: every *.py (boto3) and *.sh (AWS CLI) script of this folder, each against a server of its
// own (`sagebrush serve --port 0` on an empty folder). A script passes when it exits 0, and is skipped when it exits 77
// after printing what this machine lacks. Exits 1 when one failed.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { serve } from "./server.ts";

const BOUND_MS = 15 * 60_000;
const SCRIPT_BOUND_MS = 5 * 60_000;
const folder = import.meta.dirname;

type Outcome = "passed" | "failed" | "skipped";

/** What a kind of script needs from the machine, and how to find out whether it is there. */
const NEEDS: Readonly<Record<string, { readonly name: string; readonly probe: readonly [string, ...string[]]; readonly run: string }>> = {
  ".py": { name: "Python with boto3", probe: ["python3", "-c", "import boto3"], run: "python3" },
  ".sh": { name: "the AWS CLI", probe: ["aws", "--version"], run: "bash" },
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function isThere([command, ...args]: readonly [string, ...string[]]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** A script's exit code for "this machine lacks what I need". */
const SKIPPED = 77;

/** The script's output, and how it ended. */
async function runScript(command: string, file: string, env: NodeJS.ProcessEnv): Promise<{ readonly outcome: Outcome; readonly output: string }> {
  const child = spawn(command, [file], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (text: unknown): void => void (output += String(text));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const bound = setTimeout(() => {
    keep(`\nstopped after ${SCRIPT_BOUND_MS / 1000} s\n`);
    child.kill("SIGKILL");
  }, SCRIPT_BOUND_MS);
  const code = await new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  clearTimeout(bound);
  return { outcome: code === 0 ? "passed" : code === SKIPPED ? "skipped" : "failed", output };
}

async function test(file: string): Promise<Outcome> {
  const need = NEEDS[extname(file)];
  if (need === undefined) throw new Error(`${file}: no known kind of script`);
  if (!isThere(need.probe)) {
    const inCi = Boolean(process.env["CI"]);
    say(`${inCi ? "FAILED " : "skipped"}  ${file}: ${need.name} is not on this machine`);
    return inCi ? "failed" : "skipped";
  }
  const started = performance.now();
  const data = mkdtempSync(join(tmpdir(), "sagebrush-clients-"));
  try {
    await using server = await serve(join(data, "cloud"));
    const { outcome, output } = await runScript(need.run, join(folder, file), {
      ...process.env,
      AWS_ENDPOINT_URL: server.endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
      AWS_DEFAULT_REGION: "us-east-1", AWS_REGION: "us-east-1", AWS_PAGER: "", AWS_EC2_METADATA_DISABLED: "true",
      // Nothing of the person's own settings.
      AWS_CONFIG_FILE: join(data, "none"), AWS_SHARED_CREDENTIALS_FILE: join(data, "none"), PYTHONDONTWRITEBYTECODE: "1",
      WORK_FOLDER: data,
    });
    const ended = await server.stop();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (outcome === "skipped" && ended === undefined) {
      say(`skipped  ${file}: ${output.trim()}`);
      return "skipped";
    }
    if (outcome === "passed" && ended === undefined) {
      say(`passed   ${file}  ${seconds} s`);
      return "passed";
    }
    say(`FAILED   ${file}  ${seconds} s\n${output.slice(-8000)}\n${ended ?? ""}\n--- the server said:\n${server.said().slice(-4000)}`);
    return "failed";
  } catch (error) {
    say(`FAILED   ${file}: ${(error as Error).message}`);
    return "failed";
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const scripts = readdirSync(folder)
  .filter((file) => extname(file) in NEEDS)
  .filter((file) => wanted.length === 0 || wanted.some((name) => basename(file).startsWith(name)));
const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
const began = performance.now();
for (const file of scripts) {
  if (performance.now() - began > BOUND_MS) {
    say(`FAILED   ${file}: the time for all scripts (${BOUND_MS / 60_000} min) is over`);
    counts.failed += 1;
  } else counts[await test(file)] += 1;
}
say(`clients: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed + counts.skipped === 0 ? 1 : 0;
