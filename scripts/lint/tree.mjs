import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingFromLock } from "../complete-lock.mjs";

/** What is wrong with the tree as a whole, a sentence each. */
export function treeProblems(root) {
  return [...lockProblems(root), ...registryNames(root), ...dependencyRecords(root)];
}

function lockProblems(root) {
  const missing = missingFromLock(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  return Object.keys(missing).length === 0 ? [] : [
    `package-lock.json lacks ${Object.keys(missing).length} optional packages of other platforms, so that \`npm ci\` would refuse it: run \`node scripts/complete-lock.mjs\`.`,
  ];
}

// Written apart, lest this file be the one that names them.
const REGISTRIES = ["npmjs.org", "npmjs.com", "npmmirror.com", "pypi.org", "pythonhosted.org"].map((name) => name.replace(".", "\\."));

/** People install through registries of their own: none is written into the tree. */
function registryNames(root) {
  try {
    const found = execFileSync("git", ["grep", "-nIE", `registry\\.(${REGISTRIES.join("|")})`, "--", ".", ":!scripts/lint/tree.mjs"], { cwd: root, encoding: "utf8" });
    return found.trim().split("\n").map((line) => `${line.slice(0, 160)}: no package registry's host name in the tree.`);
  } catch (error) {
    // git grep exits 1 when it finds nothing; without a repository (a packed copy) there is nothing to look through.
    return error.status === 1 || error.status === 128 ? [] : [String(error)];
  }
}

/** Every dependency has its line in a decision record: why it, what else was looked at. */
function dependencyRecords(root) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const record = readFileSync(join(root, "docs", "decisions", "0002-dependencies.md"), "utf8");
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)]
    .filter((name) => !record.includes(`\`${name}\``) && !(name.startsWith("@aws-sdk/client-") && record.includes("`@aws-sdk/client-*`")))
    .map((name) => `${name} has no line in docs/decisions/0002-dependencies.md: why it, what else was looked at.`);
}
