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
  const modules = libraries.flatMap((library) => (require.resolve.paths(library) ?? []).filter((folder) => exists(require, join(folder, library, "package.json"))));
  return [...new Set([SOURCES.replace(/\/$/, ""), join(PACKAGE, "package.json"), ...modules])];
}

function exists(require: NodeJS.Require, file: string): boolean {
  try {
    require.resolve(file);
    return true;
  } catch {
    return false;
  }
}
