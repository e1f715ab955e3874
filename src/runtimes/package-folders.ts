import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `.ts` in the clone, `.js` in the published package. */
const EXTENSION = extname(import.meta.url);
const SOURCES = fileURLToPath(new URL("..", import.meta.url));
const PACKAGE = dirname(SOURCES.replace(/\/$/, ""));

/** A program of ours that runs on machines, by its path below `src` without extension. */
export const ownProgram = (path: string): string => `${join(SOURCES, path)}${EXTENSION}`;

/** Folders that our own programs need to see: the package, and the libraries beside or above it. */
export function ownFolders(libraries: readonly string[]): readonly string[] {
  const require = createRequire(import.meta.url);
  const modules = libraries.flatMap((library) => (require.resolve.paths(library) ?? [])
    .filter((folder) => exists(require, join(folder, library, "package.json"))).flatMap((folder) => withRealHome(folder, library)));
  return [...new Set([SOURCES.replace(/\/$/, ""), join(PACKAGE, "package.json"), ...modules])];
}

/** A folder of modules, and the one that a package in it is really in: package managers link, and machines must see both ends. */
export function withRealHome(modules: string, name: string): readonly string[] {
  if (!existsSync(join(modules, name))) return [modules];
  const real = realpathSync(join(modules, name));
  const end = real.indexOf("/node_modules/");
  return end < 0 || real.startsWith(`${modules}/`) ? [modules] : [modules, real.slice(0, end + "/node_modules".length)];
}

function exists(require: NodeJS.Require, file: string): boolean {
  try {
    require.resolve(file);
    return true;
  } catch {
    return false;
  }
}
