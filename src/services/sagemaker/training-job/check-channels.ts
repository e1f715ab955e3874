import type { Channel, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { refuseIf } from "../validate.ts";
import { channelDemands } from "./demands.ts";
import { inputModeOf } from "./input-mode.ts";

/** Checks what the channels of a job ask for. */
export function checkChannels(request: CreateTrainingJobRequest, context: Strictness & Pick<SageMakerState, "training">): void {
  const channels = request.InputDataConfig ?? [];
  for (const [demanded, ...refusal] of channels.flatMap(channelDemands)) refuseIf(demanded, context, refusal);
  requireUniqueChannels(channels);
  for (const channel of channels) requireFittingMode(channel, request);
  const runtime = context.training.findRuntime(request.AlgorithmSpecification?.TrainingImage ?? "");
  const piped = channels.find((channel) => inputModeOf(channel, request) === "Pipe");
  refuseIf(piped !== undefined && runtime.kind === "found" && runtime.metricDefinitions !== undefined, context, [`InputDataConfig channel ${piped?.ChannelName ?? ""}: InputMode Pipe`, "the built-in algorithm in Pipe mode; it reads files"]);
}

/**
 * What belongs to one input mode, in the words of the pages: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html,
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html; we found no page that quotes what AWS answers.
 */
function requireFittingMode(channel: Channel, request: CreateTrainingJobRequest): void {
  const { ChannelName: name = "", CompressionType: compression = "None", RecordWrapperType: wrapper = "None", DataSource } = channel;
  const { S3DataType: type, AttributeNames: attributes = [] } = DataSource?.S3DataSource ?? {};
  const mode = inputModeOf(channel, request);
  const refuse = (demanded: boolean, text: string): void => {
    if (demanded) throw errors.invalid(`Invalid channel ${name}: ${text}`);
  };
  refuse(compression !== "None" && mode !== "Pipe", "CompressionType is used only in Pipe input mode. In File mode, leave this field unset or set it to None.");
  refuse(wrapper !== "None" && mode !== "Pipe", "RecordWrapperType is used only in Pipe input mode. In File mode, leave this field unset or set it to None.");
  refuse(type === "AugmentedManifestFile" && mode !== "Pipe", "AugmentedManifestFile can only be used if the Channel's input mode is Pipe.");
  refuse(type === "AugmentedManifestFile" && attributes.length === 0, "AttributeNames must be given when S3DataType is AugmentedManifestFile.");
  refuse(type !== "AugmentedManifestFile" && attributes.length > 0, "AttributeNames can only be given when S3DataType is AugmentedManifestFile.");
  refuse(mode === "FastFile" && type !== "S3Prefix", "Channels that use FastFile mode must use a S3DataType of \"S3Prefix\".");
}

function requireUniqueChannels(channels: readonly Channel[]): void {
  const names = channels.map(({ ChannelName }) => ChannelName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw errors.invalid(`Duplicate channel name in InputDataConfig: ${twice}`);
}
