// Plain JavaScript for whatever Node (18 or newer) and npm (10 or newer) a newcomer has: installs the packages when they
// are missing or another lock file came, then hands over to Node 24 (see docs/decisions/0001).
//   npm start [-- args]   installs, then runs `sagebrush start args`
//   npm test [-- args]    installs, then lint, types and the test suite; args go to vitest. Exits 1 when one of them failed.
import { fileURLToPath } from "node:url";
import { delimiter, join } from "node:path";
import { spawnSync } from "node:child_process";
import { install } from "./install.mjs";
import { findNode24, runOnNode24 } from "./node24.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [first, ...rest] = process.argv.slice(2);

await install(root);
if (first === "test") process.exitCode = test(rest);
else runOnNode24(join(root, "bin", "sagebrush.mjs"), ["start", ...(first === undefined ? [] : [first, ...rest])]);

/** Runs every part even when one fails, so that one run tells everything; the failed ones are named at the end. */
function test(args) {
  const node = findNode24();
  if (node === undefined) {
    process.stderr.write("The tests need Node 24 or newer, and no packaged one was found.\n");
    return 1;
  }
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const parts = [
    ["lint", [join(root, "scripts", "lint.mjs")]],
    ["types", [tsc, "-p", "tsconfig.json", "--noEmit"]],
    ["types of the pure parts", [tsc, "-p", join("src", "decide", "tsconfig.json"), "--noEmit"]],
    ["tests", [join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...args]],
  ];
  const path = [join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  const failed = parts
    .filter(([, argv]) => spawnSync(node, argv, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } }).status !== 0)
    .map(([name]) => name);
  if (failed.length > 0) process.stderr.write(`Failed: ${failed.join(", ")}.\n`);
  return failed.length > 0 ? 1 : 0;
}
