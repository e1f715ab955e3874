import type { Clients } from "./clients.ts";

/** An endpoint, asked. */
export class Predictor {
  readonly #clients: Clients;
  readonly endpointName: string;

  constructor(clients: Clients, endpointName: string) {
    this.#clients = clients;
    this.endpointName = endpointName;
  }

  /** Bytes go as they are (`image/jpeg` unless said otherwise), anything else as JSON; a JSON answer comes back parsed, another as text. */
  async predict(data: unknown, { contentType }: { readonly contentType?: string } = {}): Promise<unknown> {
    const { InvokeEndpointCommand } = await import("@aws-sdk/client-sagemaker-runtime");
    const bytes = data instanceof Uint8Array;
    const answer = await (await this.#clients.runtime()).send(new InvokeEndpointCommand({
      EndpointName: this.endpointName, Accept: "application/json",
      ContentType: contentType ?? (bytes ? "image/jpeg" : "application/json"),
      Body: bytes ? data : Buffer.from(JSON.stringify(data)),
    }));
    const text = answer.Body.transformToString();
    return answer.ContentType?.startsWith("application/json") ? JSON.parse(text) as unknown : text;
  }

  /** Deletes the endpoint with its configuration and the models that it names: nothing is left that costs. */
  async delete(): Promise<void> {
    const { DeleteEndpointCommand, DeleteEndpointConfigCommand, DeleteModelCommand, DescribeEndpointCommand, DescribeEndpointConfigCommand } = await import("@aws-sdk/client-sagemaker");
    const client = await this.#clients.sagemaker();
    const { EndpointConfigName } = await client.send(new DescribeEndpointCommand({ EndpointName: this.endpointName }));
    const { ProductionVariants = [] } = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    await client.send(new DeleteEndpointCommand({ EndpointName: this.endpointName }));
    await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
    for (const { ModelName } of ProductionVariants) if (ModelName !== undefined) await client.send(new DeleteModelCommand({ ModelName }));
  }
}
