import { existsSync } from "node:fs";

/** What an image URI selects here; the registry and account before the repository do not matter. */
export type ImageRuntime =
  | { readonly kind: "image-classification" }
  | { readonly kind: "python"; readonly command: string }
  | { readonly kind: "node" }
  | { readonly kind: "refused"; readonly reason: string };

const SUPPORTED_TRAINING = "image-classification, pytorch-training, sagemaker-scikit-learn, python, node-training";
const SUPPORTED_SERVING = "image-classification";

/** The repository of `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>` or of a plain name. */
export function repositoryOf(image: string): string {
  const last = image.split("/").at(-1) ?? "";
  return last.split(/[:@]/)[0] ?? "";
}

/** The runtime that trains with this image, or a refusal that says what there is. */
export function trainingRuntime(image: string, python: string | undefined): ImageRuntime {
  switch (repositoryOf(image)) {
    case "image-classification": return { kind: "image-classification" };
    case "node-training": return { kind: "node" };
    case "pytorch-training": case "sagemaker-scikit-learn": case "python":
      return python === undefined
        ? { kind: "refused", reason: `The image ${image} needs Python 3, and none was found on this machine. Install python3, or set SAGEBRUSH_PYTHON to its path.` }
        : { kind: "python", command: python };
    default: return { kind: "refused", reason: `The image ${image} is not one that Sagebrush can run. Supported for training: ${SUPPORTED_TRAINING}.` };
  }
}

/** The runtime that serves with this image, or a refusal that says what there is. */
export const servingRuntime = (image: string): ImageRuntime =>
  repositoryOf(image) === "image-classification"
    ? { kind: "image-classification" }
    : { kind: "refused", reason: `The image ${image} is not one that Sagebrush can serve yet. Supported for serving: ${SUPPORTED_SERVING}.` };

const PYTHONS: readonly string[] = ["/usr/bin/python3", "/usr/local/bin/python3"];

/** The machine's Python: what the user names, else the system's, which sees the packages that the system installed. */
export function findPython(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = environment["SAGEBRUSH_PYTHON"];
  if (named !== undefined) return named;
  return PYTHONS.find((path) => existsSync(path));
}
