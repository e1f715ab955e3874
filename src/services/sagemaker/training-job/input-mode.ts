import type { Channel, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";

export type InputMode = "File" | "FastFile" | "Pipe";

/** A channel's own mode, else the job's. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html */
export const inputModeOf = ({ InputMode }: Channel, { AlgorithmSpecification: algorithm }: CreateTrainingJobRequest): InputMode => (InputMode ?? algorithm?.TrainingInputMode ?? "File") as InputMode;
