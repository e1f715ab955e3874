// `npm run build`: what the published package carries, in dist/: JavaScript of src/, the types of its public entry, and every
// other file that the programs read at run time (tables, policies, bootstraps, the backbone), at the same place as in src/.
// `npm run pack` builds and packs; a prepack script would not do, for .npmrc lets npm run none.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../bin/node24.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [source, target] = [join(root, "src"), join(root, "dist")];
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

/** Read by people or by compilers, never by the programs. */
const isLeftOut = (path) => path.endsWith(".ts") || path.endsWith("README.md") || path.endsWith("tsconfig.json") || path.includes("_example");

rmSync(target, { recursive: true, force: true });
for (const project of ["tsconfig.build.json", "tsconfig.types.json"]) {
  const { status } = spawnSync(findNode24() ?? process.execPath, [tsc, "-p", project], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name).slice(source.length + 1);
  if (entry.isFile() && !isLeftOut(path) && !existsSync(join(target, path))) cpSync(join(source, path), join(target, path));
}
