import { parseImage } from "../image.ts";

export type ServingKind = "image-classification" | "python-script" | "node-script";

const REPOSITORIES: ReadonlyMap<string, ServingKind> = new Map([
  ["image-classification", "image-classification"],
  ["python", "python-script"],
  ["node-inference", "node-script"],
]);

/** The server that a script image's artifact must hold. */
export const SERVER_SCRIPTS = { "python-script": "code/serve.py", "node-script": "code/serve.mjs" } as const;

export const servingKindOf = (image: string): ServingKind | undefined => REPOSITORIES.get(parseImage(image).repository);

export const unknownServingImage = (image: string): string =>
  `The image ${image} is not one that Sagebrush can serve: it runs no containers. Supported for serving: image-classification, python (its artifact holds ${SERVER_SCRIPTS["python-script"]}), node-inference (${SERVER_SCRIPTS["node-script"]}).`;
