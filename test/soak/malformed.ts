import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { must, type Part } from "./support/part.ts";

/** Each to an echo of every operation and to the real services. */
const REQUESTS = 1000;
const ROOT = join(import.meta.dirname, "..", "..");

export const malformed: Part = {
  name: `${2 * REQUESTS} malformed requests derived from the schemas`,
  async run({ seed, say }) {
    const child = spawn(process.execPath, [join(ROOT, "node_modules", "vitest", "vitest.mjs"), "run", "test/fuzz/malformed.test.ts"], {
      cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_REQUESTS: String(REQUESTS), FUZZ_VERBOSE: "1", NO_COLOR: "1" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => void (output += String(piece)));
    const [code] = (await once(child, "close")) as [number | null];
    const statuses = [...output.matchAll(/"statuses":(\{[^}]*\})/g)].map(([, each]) => each ?? "");
    must(code === 0, `malformed requests got through: ${output.slice(-4000)}`);
    must(statuses.length >= 2, `the fuzz test said nothing of its answers: ${output.slice(-1000)}`);
    say(`answers by status: ${statuses.join(" and ")}`);
  },
};
