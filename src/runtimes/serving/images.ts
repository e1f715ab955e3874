import { parseImage } from "../image.ts";
import type { FoundServing } from "./types.ts";

export type ServingKind = "image-classification" | "python-script" | "node-script";

const REPOSITORIES: ReadonlyMap<string, ServingKind> = new Map([
  ["image-classification", "image-classification"],
  ["python", "python-script"],
  ["node-inference", "node-script"],
]);

/** The server that a script image's artifact must hold. */
export const SERVER_SCRIPTS = { "python-script": "code/serve.py", "node-script": "code/serve.mjs" } as const;

export const servingKindOf = (image: string): ServingKind | undefined => REPOSITORIES.get(parseImage(image).repository);

/** What an image stands for, or why it is refused. */
export function findServingRuntime(image: string): FoundServing {
  if (servingKindOf(image) !== undefined) return { kind: "found" };
  return {
    kind: "refused",
    reason: `The inference image ${parseImage(image).repository} is not supported by Sagebrush, which runs no containers. Supported: image-classification, python (its artifact holds ${SERVER_SCRIPTS["python-script"]}), node-inference (${SERVER_SCRIPTS["node-script"]}).`,
  };
}
