import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { NotebookRecord } from "./notebook.ts";

/** The folder that is a notebook instance's volume: it stays when the machine goes, until the notebook instance is deleted. */
export const volumeOf = (dataFolder: string, { account, region, name }: Pick<NotebookRecord, "account" | "region" | "name">): string =>
  join(dataFolder, "notebooks", account, region, name.toLowerCase());

/** Makes it where it is not there; gives its path. */
export function makeVolume(dataFolder: string, notebook: Pick<NotebookRecord, "account" | "region" | "name">): string {
  const volume = volumeOf(dataFolder, notebook);
  mkdirSync(join(volume, "SageMaker"), { recursive: true });
  return volume;
}
