import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ProjectError } from "./schema.ts";

export type Split = "train" | "validation" | "test";
export const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** One picture of the data set. */
export interface Picture {
  readonly file: string;
  /** `<class>/<file>`: its path below the split's folder. */
  readonly path: string;
  readonly className: string;
  readonly split: Split;
  readonly md5: string;
}

export interface DataSet {
  readonly classes: readonly string[];
  readonly pictures: readonly Picture[];
  /** Changes when any picture, class or split does. */
  readonly fingerprint: string;
}

const PICTURE_TYPES: readonly string[] = [".jpg", ".jpeg", ".png"];
/** Of every class: held out for the test, and for choosing the best epoch. */
const TEST_SHARE = 0.15;
const VALIDATION_SHARE = 0.15;

/** Reads a folder of pictures. With `train/`, `validation/` and `test/` inside, those are the split; otherwise it is made. */
export async function readDataSet(folder: string): Promise<DataSet> {
  if (!existsSync(folder)) throw new ProjectError(`data.images: ${folder} is not there`);
  const given = SPLITS.every((split) => existsSync(join(folder, split)));
  const found = given
    ? (await Promise.all(SPLITS.map(async (split) => (await readClasses(join(folder, split))).map((picture) => ({ ...picture, split }))))).flat()
    : splitReproducibly(await readClasses(folder));
  if (found.length === 0) throw new ProjectError(`data.images: ${folder} holds no pictures (${PICTURE_TYPES.join(", ")}) in class folders`);
  const pictures = found.toSorted((a, b) => compare(a.path, b.path));
  const classes = [...new Set(pictures.map(({ className }) => className))].toSorted(compare);
  if (classes.length < 2) throw new ProjectError(`data.images: ${folder} holds only one class (${classes.join()}); two are the least`);
  const fingerprint = createHash("sha256").update(pictures.map(({ path, split, md5 }) => `${split}/${path} ${md5}`).join("\n")).digest("hex");
  return { classes, pictures, fingerprint };
}

type Found = Omit<Picture, "split">;

async function readClasses(folder: string): Promise<readonly Found[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const classes = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const pictures = await Promise.all(classes.map(async (className) => {
    const names = (await readdir(join(folder, className))).filter((name) => PICTURE_TYPES.includes(extname(name).toLowerCase()));
    return Promise.all(names.map(async (name) => ({ file: join(folder, className, name), path: `${className}/${name}`, className, md5: await md5Of(join(folder, className, name)) })));
  }));
  return pictures.flat();
}

async function md5Of(file: string): Promise<string> {
  const hash = createHash("md5");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** The same pictures fall into the same split on every machine: ordered by the hash of their path, class by class. */
function splitReproducibly(found: readonly Found[]): readonly Picture[] {
  return [...Map.groupBy(found, ({ className }) => className).values()].flatMap((pictures) => {
    const ordered = pictures.toSorted((a, b) => compare(pathHash(a.path), pathHash(b.path)));
    const tests = Math.max(1, Math.round(ordered.length * TEST_SHARE));
    const validations = Math.max(1, Math.round(ordered.length * VALIDATION_SHARE));
    if (ordered.length < 3) throw new ProjectError(`data.images: class ${pictures[0]?.className ?? ""} has ${ordered.length} pictures; three are the least`);
    return ordered.map((picture, index): Picture => ({ ...picture, split: index < tests ? "test" : index < tests + validations ? "validation" : "train" }));
  });
}

const pathHash = (path: string): string => createHash("sha256").update(path).digest("hex");
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The `.lst` file of a split as AWS's algorithm reads it: index, class number, path; tab-separated. */
export function listFile({ classes, pictures }: DataSet, split: Split): string {
  return pictures.filter((picture) => picture.split === split)
    .map(({ className, path }, index) => `${index}\t${classes.indexOf(className)}\t${path}\n`).join("");
}
