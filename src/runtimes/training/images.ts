import { parseImage } from "../image.ts";

/** What runs the jobs of an image. */
export type TrainingKind = "image-classification" | "python-script" | "node-script";

/** Repositories by name, whatever the registry: AWS's own differ by Region and account. */
const REPOSITORIES: ReadonlyMap<string, TrainingKind> = new Map([
  ["image-classification", "image-classification"],
  ["pytorch-training", "python-script"],
  ["sagemaker-scikit-learn", "python-script"],
  ["python", "python-script"],
  ["node-training", "node-script"],
]);

export const trainingKindOf = (image: string): TrainingKind | undefined => REPOSITORIES.get(parseImage(image).repository);

export const unknownTrainingImage = (image: string): string =>
  `The image ${image} is not one that Sagebrush can run: it runs no containers. Supported for training: ${[...REPOSITORIES.keys()].join(", ")}.`;

export const withoutPython = (image: string, named: string | undefined): string =>
  named === undefined ? `The image ${image} needs Python 3, and none was found on this host. Install python3, or name one by --python or SAGEBRUSH_PYTHON.`
    : `The image ${image} is to run with ${named} (--python, or SAGEBRUSH_PYTHON), which is not there or cannot be run.`;
