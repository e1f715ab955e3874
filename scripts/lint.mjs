// `npm run lint`: oxlint with types and the house rules over the whole tree, then what no linter of TypeScript can see.
//   node scripts/lint.mjs [files…]   only these files, without the checks of the tree
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../bin/node24.mjs";
import { treeProblems } from "./lint/tree.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = process.argv.slice(2);
// oxlint loads the house rules into the Node that it runs on.
const oxlint = spawnSync(findNode24() ?? process.execPath, ["node_modules/oxlint/bin/oxlint", "--type-aware", "--report-unused-disable-directives", ...files], { cwd: root, stdio: "inherit" });
const problems = files.length > 0 ? [] : treeProblems(root);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = oxlint.status === 0 && problems.length === 0 ? 0 : 1;
