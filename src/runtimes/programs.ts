import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Our own package: the programs that machines run, and what they import. */
export const PACKAGE_FOLDER = fileURLToPath(new URL("../../", import.meta.url));

/** A program of ours: TypeScript as it is in a clone, `tsc`'s output in the published package. */
export function ownProgram(path: string): string {
  const source = fileURLToPath(new URL(`../${path}.ts`, import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL(`../${path}.js`, import.meta.url));
}

/** What a machine must see of the host to run one of our programs. */
export const ownReadable = (): readonly string[] => [
  ...new Set([join(PACKAGE_FOLDER, "node_modules"), dirname(fileURLToPath(new URL("../", import.meta.url))), PACKAGE_FOLDER, dirname(process.execPath)]),
].filter((path) => existsSync(path));
