import { parseImage } from "../image.ts";
import type { FoundRuntime } from "./types.ts";

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

/** As the algorithm's contract has them (a test compares): programs of machines are not imported by the server. */
export const IMAGE_CLASSIFICATION_METRICS = [
  { name: "train:accuracy", regex: "Epoch\\[\\d+\\] Train-accuracy=([0-9.]+)" },
  { name: "validation:accuracy", regex: "Epoch\\[\\d+\\] Validation-accuracy=([0-9.]+)" },
] as const;

export const trainingKindOf = (image: string): TrainingKind | undefined => REPOSITORIES.get(parseImage(image).repository);

/** What an image stands for, or why it is refused. */
export function findTrainingRuntime(image: string): FoundRuntime {
  const kind = trainingKindOf(image);
  if (kind === undefined) {
    return {
      kind: "refused",
      reason: `The training image ${parseImage(image).repository} is not supported by Sagebrush, which runs no containers. Supported: ${[...REPOSITORIES.keys()].join(", ")}.`,
    };
  }
  return { kind: "found", metricDefinitions: kind === "image-classification" ? IMAGE_CLASSIFICATION_METRICS : undefined };
}
