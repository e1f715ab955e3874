import { existsSync, readdirSync } from "node:fs";
import { copyFile, cp, mkdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { unpackArchive } from "../archive.ts";
import type { TrainingProgram } from "./types.ts";

/** A script that cannot be run, for a reason that its owner can mend. */
export class ScriptRefused extends Error {
  override readonly name = "ScriptRefused";
}

const ROOT = "/opt/ml/";
const ARCHIVE = /\.(tar|tar\.gz|tgz)$/;

/**
 * Puts a job's code into its folder: what was fetched from S3, or what came with a channel and is named by its place. The SageMaker Python SDK sends the code of jobs
 * without a network in a channel of its own (`/opt/ml/input/data/code/sourcedir.tar.gz`). As `download_and_extract` of aws/sagemaker-training-toolkit.
 */
export async function bringCode({ sourceArchive, mlFolder }: Pick<TrainingProgram, "sourceArchive" | "mlFolder">, submitDirectory: string | undefined, codeFolder: string): Promise<void> {
  if (sourceArchive !== undefined) return unpackArchive(sourceArchive, codeFolder);
  if (submitDirectory === undefined || submitDirectory.startsWith("s3://") || submitDirectory.replace(/\/+$/, "") === `${ROOT}code`) return;
  const place = submitDirectory.slice(ROOT.length);
  if (!submitDirectory.startsWith(ROOT) || place.split("/").includes("..")) throw new ScriptRefused(`sagemaker_submit_directory names ${submitDirectory}, which is neither in S3 nor under ${ROOT}.`);
  const source = join(mlFolder, place);
  const facts = await stat(source).catch(() => undefined);
  if (facts === undefined) throw new ScriptRefused(`sagemaker_submit_directory names ${submitDirectory}, which no channel has brought.`);
  if (facts.isDirectory()) return cp(source, codeFolder, { recursive: true });
  if (ARCHIVE.test(source)) return unpackArchive(source, codeFolder);
  await mkdir(codeFolder, { recursive: true });
  await copyFile(source, join(codeFolder, basename(source)));
}

/** As the toolkit demands of names. */
const MODULE = /^[A-Za-z0-9_][A-Za-z0-9._+/-]*$/;

/** A folder with a setup.py is a Python package, installed and run as a module. */
export const isPackage = (entry: string, codeFolder: string): boolean => !entry.endsWith(".sh") && readdirSync(codeFolder).includes("setup.py");

/** The program that `sagemaker_program` names, inside the code folder. */
export function checkedEntry(entry: string | undefined, codeFolder: string): string {
  if (entry === undefined) throw new ScriptRefused("The hyperparameter sagemaker_program is missing: it names the script to run.");
  if (isPackage(entry, codeFolder)) {
    if (!MODULE.test(entry) || entry.split("/").includes("..")) throw new ScriptRefused(`sagemaker_program names ${entry}, which is not the name of a module.`);
    return entry;
  }
  if (entry.startsWith("/") || entry.split("/").includes("..") || !existsSync(join(codeFolder, entry))) throw new ScriptRefused(`sagemaker_program names ${entry}, which is not in the source archive.`);
  return entry;
}
