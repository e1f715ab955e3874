import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import { findInstanceType } from "../../../catalogue/instance-types.ts";
import type { Machine } from "../../../machines/types.ts";
import * as tar from "tar";
import { openLogSink, type LogSink } from "../../../wire/log-sink.ts";
import { onlyVariant } from "../endpoint-config/endpoint-config.ts";
import { primaryContainer } from "../model/model.ts";
import { mlFolder } from "../training-job/supervisor.ts";
import { downloadObject } from "../transfer.ts";
import { parseS3Uri, SERVICE } from "../validate.ts";
import type { Deployment, EndpointRecord } from "./endpoint.ts";
import type { FleetParts } from "./fleet.ts";
import type { RunningServer } from "../../../runtimes/serving/index.ts";

/** One machine that serves a variant. */
export interface Instance {
  readonly id: string;
  readonly variant: string;
  readonly address: string;
  readonly port: number;
  /** Requests it is answering now; the router counts them. */
  outstanding: number;
  /** Resolves with the container's last words when it has ended by itself. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/** AWS: `/ping` must pass within four minutes of start. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const HEALTH_PATIENCE: Milliseconds = 240 * SECOND;
/** SIGKILL follows SIGTERM after this on AWS. */
export const STOP_GRACE: Milliseconds = 30 * SECOND;
/** How long an instance waits for room on the host. */
const PATIENCE: Milliseconds = 900 * SECOND;
const MAX_PROCESSES = 1024;

/** What an instance is to serve, and for whom. */
export interface InstancePlan {
  readonly endpoint: EndpointRecord;
  readonly deployment: Deployment;
  readonly id: string;
  readonly signal: AbortSignal;
}

/** Makes a machine, brings the model to it and starts its server. Rejects with the reason that a failed endpoint shows. */
export async function startInstance(parts: FleetParts, { endpoint, deployment, id, signal }: InstancePlan): Promise<Instance> {
  const variant = onlyVariant(deployment.config);
  const container = primaryContainer(deployment.model);
  const { machine, notes } = await makeMachine(parts, { endpoint, id, signal, typeName: variant.InstanceType ?? "" });
  let sink: LogSink | undefined;
  try {
    const role = await parts.assumeRole({ roleArn: deployment.model.request.ExecutionRoleArn ?? "", sessionName: "SageMaker", service: SERVICE });
    const folder = mlFolder(machine.folder);
    await bringModel(parts, container.ModelDataUrl, { folder, principal: role.principal, region: endpoint.region, signal });
    sink = openLogSink({
      call: parts.call, clock: parts.clock, log: parts.log, principal: role.principal, region: endpoint.region,
      group: `/aws/sagemaker/Endpoints/${endpoint.name}`, stream: `${variant.VariantName ?? ""}/${id}`,
    });
    for (const note of notes) await sink.write(note);
    const written = sink;
    const startup = variant.ContainerStartupHealthCheckTimeoutInSeconds;
    const server = await parts.runtimes.start(machine, {
      image: container.Image ?? "", mlFolder: folder, region: endpoint.region, environment: container.Environment ?? {},
      credentials: role, endpoint: parts.machineEndpoint(), signal,
      healthPatience: startup === undefined ? HEALTH_PATIENCE : startup * SECOND,
      onLine: (line) => written.write(line),
    });
    return instanceOf({ id, variant: variant.VariantName ?? "", server, machine, sink });
  } catch (error) {
    await machine.destroy();
    await sink?.close();
    throw error;
  }
}

function makeMachine({ machines }: FleetParts, { endpoint, id, signal, typeName }: { readonly endpoint: EndpointRecord; readonly id: string; readonly signal: AbortSignal; readonly typeName: string }): ReturnType<FleetParts["machines"]["create"]> {
  const type = findInstanceType(typeName);
  if (!type) throw new Error(`The instance type ${typeName} is not known to Sagebrush.`);
  return machines.create(
    { id: `endpoint-${endpoint.name}-${id}`, owner: endpoint.arn, memoryMiB: type.memoryGiB * 1024, vcpus: type.vcpus, gpus: type.gpus, maxProcesses: MAX_PROCESSES, instanceType: typeName },
    { patience: PATIENCE, signal },
  );
}

async function bringModel({ call }: FleetParts, uri: string | undefined, { folder, principal, region, signal }: { readonly folder: string } & Pick<Parameters<typeof downloadObject>[0], "principal" | "region" | "signal">): Promise<void> {
  const model = join(folder, "model");
  await mkdir(model, { recursive: true });
  if (uri === undefined) return;
  const { bucket, key } = parseS3Uri(uri);
  const archive = join(folder, "model.tar.gz");
  await downloadObject({ call, principal, region, signal }, { bucket, key }, archive);
  // `tar` refuses paths that leave the folder and links out of it; strict makes a damaged archive an error.
  await tar.extract({ file: archive, cwd: model, strict: true });
  await rm(archive);
}

function instanceOf({ id, variant, server, machine, sink }: { readonly id: string; readonly variant: string; readonly server: RunningServer; readonly machine: Machine; readonly sink: LogSink }): Instance {
  return {
    id, variant, address: server.address, port: server.port, outstanding: 0,
    exited: server.exited.then(async (words) => {
      await sink.close();
      return words;
    }),
    stop: async () => {
      await server.stop(STOP_GRACE);
      await machine.destroy();
      await sink.close();
    },
  };
}
