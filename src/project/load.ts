import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compileProject, ProjectError, type Project } from "./schema.ts";

export const PROJECT_FILE = "sagebrush.config.ts";

export interface LoadedProject {
  readonly project: Project;
  /** The folder of the project file: paths in it are relative to this. */
  readonly folder: string;
}

/** Our own entry, which `import … from "sagebrush"` means in project files and functions, installed or in a clone. */
const SAGEBRUSH_ENTRY = ["../index.ts", "../index.js"].map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path)) ?? "";

/** Reads the project file of a folder (or the file itself). Throws ProjectError with what to do. */
export async function loadProject(path: string): Promise<LoadedProject> {
  const file = path.endsWith(".ts") || path.endsWith(".js") || path.endsWith(".mjs") ? resolve(path) : resolve(path, PROJECT_FILE);
  if (!existsSync(file)) throw new ProjectError(`${file} is not there. Go to the project's folder, or name it with --project FOLDER`);
  const exported = await importBundled(file);
  if (exported === undefined) throw new ProjectError(`${file} has no default export. End it with: export default defineProject({ … })`);
  return { project: compileProject(exported, file), folder: dirname(file) };
}

async function importBundled(file: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "sagebrush-config-"));
  try {
    const result = await build({
      entryPoints: [file], bundle: true, write: false, platform: "node", format: "esm", target: "node24",
      alias: { sagebrush: SAGEBRUSH_ENTRY }, logLevel: "silent",
    });
    const bundle = join(folder, "config.mjs");
    await writeFile(bundle, result.outputFiles[0]?.contents ?? "");
    return ((await import(pathToFileURL(bundle).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new ProjectError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
