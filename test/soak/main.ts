/**
 * `npm run soak -- --seed N [part…]`: what should never happen, made to happen. Any seed passes; prints what it did. The
 * parts run beside one another where they only wait. Exits 1 when one is wrong.
 */
import { parseArgs } from "node:util";
import { seededRandom } from "../../src/shared/random.ts";
import { badPrograms } from "./bad-programs.ts";
import { kills } from "./kills.ts";
import { manyJobs } from "./many-jobs.ts";
import { malformed } from "./malformed.ts";
import type { Part } from "./support/part.ts";
import { uploads } from "./uploads.ts";

const PARTS: Readonly<Record<string, Part>> = { kills, uploads, malformed, jobs: manyJobs, programs: badPrograms };

const { values, positionals } = parseArgs({ options: { seed: { type: "string", default: "1" } }, allowPositionals: true });
const seed = Number(values.seed);
const unknown = positionals.filter((name) => !(name in PARTS));
if (!Number.isInteger(seed) || unknown.length > 0) {
  process.stderr.write(`Usage: npm run soak -- [--seed <whole number>] [${Object.keys(PARTS).join("|")}]\n`);
  process.exit(2);
}

const began = performance.now();
const say = (line: string): void => void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);

async function run(name: string, part: Part): Promise<boolean> {
  say(`${name}: ${part.name}`);
  try {
    await part.run({ random: seededRandom(seed), seed, say: (line) => say(`${name}: ${line}`) });
    say(`${name}: passed`);
    return true;
  } catch (error) {
    say(`${name}: FAILED. ${(error as Error).message}`);
    return false;
  }
}

say(`seed ${seed}`);
const chosen = Object.entries(PARTS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
// Bad programs mostly wait (120 s for one that is deaf to SIGTERM); the others take turns beside them.
const beside = chosen.filter(([, part]) => part === badPrograms).map(([name, part]) => run(name, part));
const outcomes: boolean[] = [];
for (const [name, part] of chosen) if (part !== badPrograms) outcomes.push(await run(name, part));
outcomes.push(...await Promise.all(beside));
say(`${outcomes.filter(Boolean).length} of ${outcomes.length} parts passed with seed ${seed}`);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
