import { parseImage } from "../image.ts";

/** The defaults of an inference toolkit: what stands for functions that the user's module does not have. */
export type Framework = "pytorch" | "scikit-learn" | "python";

export type Serving =
  | { readonly kind: "image-classification" }
  /** A Node program that is the whole server. */
  | { readonly kind: "node-script" }
  /** The user's model_fn, input_fn, predict_fn and output_fn behind our server; with `script`, or a whole server of that name. */
  | { readonly kind: "toolkit"; readonly framework: Framework; readonly script?: string };

/** The server that a script image's artifact may hold. */
export const NODE_SCRIPT = "code/serve.mjs";
const PYTHON_SCRIPT = "code/serve.py";

const REPOSITORIES: ReadonlyMap<string, Serving> = new Map<string, Serving>([
  ["image-classification", { kind: "image-classification" }],
  ["pytorch-inference", { kind: "toolkit", framework: "pytorch" }],
  ["sagemaker-scikit-learn", { kind: "toolkit", framework: "scikit-learn" }],
  ["python", { kind: "toolkit", framework: "python", script: PYTHON_SCRIPT }],
  ["node-inference", { kind: "node-script" }],
]);

export const servingOf = (image: string): Serving | undefined => REPOSITORIES.get(parseImage(image).repository);

export const unknownServingImage = (image: string): string =>
  `The image ${image} is not one that Sagebrush can serve: it runs no containers. Supported for serving: image-classification; pytorch-inference, sagemaker-scikit-learn and python (their artifact holds code/inference.py with model_fn and its kin, a python one may hold ${PYTHON_SCRIPT} instead); node-inference (${NODE_SCRIPT}).`;
