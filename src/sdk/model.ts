import type { ProductionVariantInstanceType } from "@aws-sdk/client-sagemaker";
import { systemClock, type Clock } from "../shared/clock.ts";
import type { Clients } from "./clients.ts";
import { untilInService } from "./endpoint.ts";
import { Predictor } from "./predictor.ts";

export interface ModelOptions {
  readonly image: string;
  readonly role: string;
  /** `s3://…/model.tar.gz` */
  readonly artifact: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface DeployOptions {
  readonly instanceType: string;
  /** 1 when not given. */
  readonly initialInstanceCount?: number;
  /** Also the name of the model and of the endpoint configuration. `model-` and the time when not given. */
  readonly endpointName?: string;
}

/** A model to deploy, wherever it was trained. */
export class Model {
  readonly #clients: Clients;
  readonly #options: ModelOptions;
  readonly #clock: Clock;

  constructor(clients: Clients, options: ModelOptions, clock: Clock = systemClock) {
    this.#clients = clients;
    this.#options = options;
    this.#clock = clock;
  }

  /** Makes model, endpoint configuration and endpoint, and waits until it serves. Throws the endpoint's FailureReason when it will not. */
  async deploy({ instanceType, initialInstanceCount = 1, endpointName = `model-${this.#clock.now()}` }: DeployOptions): Promise<Predictor> {
    const { CreateModelCommand, CreateEndpointConfigCommand, CreateEndpointCommand, DescribeEndpointCommand } = await import("@aws-sdk/client-sagemaker");
    const client = await this.#clients.sagemaker();
    const { image, role, artifact, environment } = this.#options;
    await client.send(new CreateModelCommand({ ModelName: endpointName, ExecutionRoleArn: role, PrimaryContainer: { Image: image, ModelDataUrl: artifact, Environment: environment } }));
    await client.send(new CreateEndpointConfigCommand({
      EndpointConfigName: endpointName,
      ProductionVariants: [{ VariantName: "AllTraffic", ModelName: endpointName, InstanceType: instanceType as ProductionVariantInstanceType, InitialInstanceCount: initialInstanceCount }],
    }));
    await client.send(new CreateEndpointCommand({ EndpointName: endpointName, EndpointConfigName: endpointName }));
    await untilInService(this.#clients, endpointName, () => client.send(new DescribeEndpointCommand({ EndpointName: endpointName })));
    return new Predictor(this.#clients, endpointName);
  }
}
