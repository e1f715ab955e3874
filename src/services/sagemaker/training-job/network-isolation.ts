import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

/** A job that must have no network is not begun where it would have one, `--lenient` or not. */
export async function requireIsolation({ EnableNetworkIsolation: wanted }: Pick<CreateTrainingJobRequest, "EnableNetworkIsolation">, { training }: Pick<SageMakerState, "training">): Promise<void> {
  if (wanted !== true) return;
  const reason = await training.withoutIsolation();
  if (reason !== undefined) throw errors.invalid(`EnableNetworkIsolation cannot be enforced by Sagebrush on this host: ${reason}.`);
}
