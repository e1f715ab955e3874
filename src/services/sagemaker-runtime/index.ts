import type { ServiceDefinition } from "../../wire/service.ts";
import type { EndpointDirectory, SageMakerRuntimeState } from "./context.ts";
import { createForward } from "./invocation/forward.ts";
import { invokeEndpoint } from "./invocation/invoke-endpoint.ts";

export type { EndpointDirectory, RoutableEndpoint } from "./context.ts";

/** What `cloud/` supplies: SageMaker's endpoints. */
export interface SageMakerRuntimePorts {
  readonly directory: EndpointDirectory;
}

export const sagemakerRuntime: ServiceDefinition<SageMakerRuntimeState, SageMakerRuntimePorts> = {
  id: "sagemaker-runtime",
  loadSdk: () => import("@aws-sdk/client-sagemaker-runtime"),
  migrations: [],
  start({ clock, directory }) {
    const forward = createForward(clock);
    return { state: { directory, forward }, operations: [invokeEndpoint], stop: async () => forward.close() };
  },
};
