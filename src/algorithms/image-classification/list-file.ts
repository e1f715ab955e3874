import { readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, posix } from "node:path";
import { ClientError, notSupported } from "./client-error.ts";

/** A line of a `.lst` file: a picture, relative to its channel, and its class. */
export interface ListedPicture {
  readonly path: string;
  readonly label: number;
}

const problem = (file: string, line: number, text: string): ClientError => new ClientError(`${file}, line ${line}: ${text}`);

/**
 * Reads the text of a `.lst` file: index, class and path, separated by tabs. Throws ClientError naming file and line for
 * anything else, for a class outside 0 … numClasses - 1 and for a path that leaves its channel.
 */
export function parseList(text: string, { file, numClasses }: { readonly file: string; readonly numClasses: number }): readonly ListedPicture[] {
  const seen = new Map<string, number>();
  const pictures: ListedPicture[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const at = index + 1;
    const columns = line.split("\t").map((column) => column.trim());
    const [id = "", labelText = "", path = ""] = columns;
    if (columns.length > 3) throw notSupported(`${file}, line ${at}: more than one label for a picture`, "Give index, class and path, separated by tabs.");
    if (columns.length < 3 || path === "") throw problem(file, at, "expected index, class and path separated by tabs.");
    const before = seen.get(id);
    if (before !== undefined) throw problem(file, at, `the image index ${id} is already used in line ${before}; it must be unique.`);
    seen.set(id, at);
    const label = Number(labelText);
    if (labelText === "" || !Number.isInteger(label) || label < 0) throw problem(file, at, `the class '${labelText}' is not a whole number from 0.`);
    if (label >= numClasses) throw problem(file, at, `the class ${label} does not fit num_classes=${numClasses}; classes are numbered from 0 to ${numClasses - 1}.`);
    if (isAbsolute(path) || /^\.\.(\/|$)/.test(posix.normalize(path))) throw problem(file, at, `the path '${path}' must stay inside its channel.`);
    pictures.push({ path: posix.normalize(path), label });
  }
  if (pictures.length === 0) throw new ClientError(`${file} lists no pictures.`);
  return pictures;
}

/** Reads the one `.lst` file of a channel. */
export async function readList(folder: string, numClasses: number): Promise<{ readonly file: string; readonly pictures: readonly ListedPicture[] }> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".lst"));
  const [file, ...more] = names;
  if (file === undefined) throw new ClientError(`No .lst file was found in ${folder}. Each of the channels train_lst and validation_lst needs one.`);
  if (more.length > 0) throw new ClientError(`More than one .lst file was found in ${folder}: ${names.join(", ")}.`);
  return { file, pictures: parseList(await readFile(join(folder, file), "utf8"), { file, numClasses }) };
}

/**
 * The classes' names: the folders that hold their pictures, when each class has one of its own; otherwise their numbers.
 */
export function classNames(pictures: readonly ListedPicture[], numClasses: number): readonly string[] {
  const folders = new Map<number, Set<string>>();
  for (const { path, label } of pictures) {
    const ofClass = folders.get(label) ?? new Set<string>();
    folders.set(label, ofClass.add(posix.dirname(path)));
  }
  const names = Array.from({ length: numClasses }, (_, label) => {
    const ofClass = [...(folders.get(label) ?? [])];
    return ofClass.length === 1 ? posix.basename(ofClass[0] ?? "") : ".";
  });
  const areNames = !names.includes(".") && new Set(names).size === numClasses;
  return areNames ? names : names.map((_, label) => String(label));
}
