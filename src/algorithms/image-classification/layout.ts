import { join } from "node:path";
import { ENVIRONMENT } from "./contract.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where SageMaker puts things in a machine: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
export interface Layout {
  readonly root: string;
  readonly hyperparameters: string;
  readonly inputDataConfig: string;
  readonly resourceConfig: string;
  channel(name: string): string;
  readonly model: string;
  /** There only where the job has a CheckpointConfig. */
  readonly checkpoints: string;
  readonly failure: string;
}

/** The standard folders under `/opt/ml` (or the root that the environment names), moved by the `SM_*` variables where set. */
export function layoutOf(environment: Environment): Layout {
  const root = environment[ENVIRONMENT.root] ?? "/opt/ml";
  const config = environment["SM_INPUT_CONFIG_DIR"] ?? join(root, "input", "config");
  const output = environment["SM_OUTPUT_DIR"] ?? join(root, "output");
  return {
    root,
    hyperparameters: join(config, "hyperparameters.json"),
    inputDataConfig: join(config, "inputdataconfig.json"),
    resourceConfig: join(config, "resourceconfig.json"),
    channel: (name) => environment[`SM_CHANNEL_${name.toUpperCase()}`] ?? join(root, "input", "data", name),
    model: environment["SM_MODEL_DIR"] ?? join(root, "model"),
    checkpoints: join(root, "checkpoints"),
    failure: join(output, "failure"),
  };
}
