import { parseImage } from "./image.ts";

/** A Python that the user names for images of one repository, or for all of them. */
export interface NamedPython {
  readonly repository: string | undefined;
  /** How the image's tag begins: `2.1` is the Python of `2.1-cpu-py310` and `2.1.0-gpu`, not of `2.10`. */
  readonly version: string | undefined;
  readonly command: string;
}

/** What `parsePythons` reads, for messages. */
export const PYTHONS_FORM = "absolute paths of Python programs, each for all images or after IMAGE= or IMAGE:VERSION=, such as /usr/bin/python3,pytorch-training:2.1=/home/me/torch21/bin/python, separated by commas";

/** Reads `pytorch-training:2.1=/venv/bin/python,/usr/bin/python3`. Undefined for anything else. */
export function parsePythons(text: string): readonly NamedPython[] | undefined {
  const entries = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  const read = entries.map((entry) => /^(?:([a-z0-9][a-z0-9._-]*)(?::([\w.-]+))?=)?(\/.+)$/.exec(entry));
  if (read.includes(null)) return undefined;
  return read.flatMap((match) => (match?.[3] === undefined ? [] : [{ repository: match[1], version: match[2], command: match[3] }]));
}

/** The Python of an image: of those whose name and version fit the one that says most. */
export function pythonFor(named: readonly NamedPython[], image: string): string | undefined {
  const { repository, tag } = parseImage(image);
  const weight = (each: NamedPython): number => (each.repository === undefined ? 0 : 1 + (each.version?.length ?? 0));
  const fits = (each: NamedPython): boolean => (each.repository === undefined || each.repository === repository) && (each.version === undefined || tag === each.version || /^[.-]/.test(tag.slice(each.version.length)) && tag.startsWith(each.version));
  return named.filter(fits).toSorted((a, b) => weight(b) - weight(a))[0]?.command;
}
