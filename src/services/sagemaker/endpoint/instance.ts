import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { Machine } from "../../../machines/types.ts";
import type { RunningServer } from "../../../runtimes/serving/index.ts";
import { openLogSink, type LogSink } from "../../../wire/log-sink.ts";
import type { Principal } from "../../../wire/principal.ts";
import { onlyVariant } from "../endpoint-config/endpoint-config.ts";
import { MACHINE_SESSION_SECONDS } from "../limits.ts";
import { mlFolder } from "../ml-folder.ts";
import { primaryContainer } from "../model/model.ts";
import type { Transfer } from "../transfer.ts";
import { requireInstanceType, requireRole } from "../validate.ts";
import type { Deployment, EndpointRecord } from "./endpoint.ts";
import type { FleetParts } from "./fleet.ts";
import { bringCode, bringModel, withDeadline } from "./model-data.ts";

/** One machine that serves a variant. */
export interface Instance {
  readonly id: string;
  readonly variant: string;
  readonly address: string;
  readonly port: number;
  /** Requests it is answering now; the router counts them. */
  outstanding: number;
  /** Requests it has answered. */
  answered: number;
  /** When it last broke off in the middle of a request, by the monotonic clock; the router says so and avoids it for a moment. */
  brokeOffAt?: number;
  /** Resolves with the container's last words when it has ended by itself. */
  readonly exited: Promise<string>;
  /** SIGTERM, SIGKILL after the grace; resolves when the machine is gone. */
  stop(grace: Milliseconds): Promise<void>;
}

/** AWS: `/ping` must pass within four minutes of start. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const HEALTH_PATIENCE: Milliseconds = 240 * SECOND;
/** How long an instance waits for room on the host, unless the variant says so (VariantInstanceProvisionTimeoutInSeconds). */
const PATIENCE: Milliseconds = 900 * SECOND;
const MAX_PROCESSES = 1024;

/** What an instance is to serve, and for whom. */
export interface InstancePlan {
  readonly endpoint: EndpointRecord;
  readonly deployment: Deployment;
  readonly id: string;
  readonly signal: AbortSignal;
}

/** Makes a machine, brings the model to it and starts its server. Rejects with what `startFailure` puts into words. */
export async function startInstance(parts: FleetParts, plan: InstancePlan): Promise<Instance> {
  const { machine, notes } = await makeMachine(parts, plan);
  let sink: LogSink | undefined;
  try {
    const { endpoint, deployment, signal } = plan;
    const variant = onlyVariant(deployment.config);
    const container = primaryContainer(deployment.model);
    const role = await requireRole(parts.assumeRole, { roleArn: deployment.model.request.ExecutionRoleArn ?? "", sessionName: "SageMaker", sourceArn: endpoint.arn, durationSeconds: MACHINE_SESSION_SECONDS });
    const ml = mlFolder(machine.folder);
    const bounded = withDeadline(parts.clock, signal, variant.ModelDataDownloadTimeoutInSeconds);
    const transfer: Transfer = { call: parts.call, principal: role.principal, region: endpoint.region, signal: bounded.signal };
    const place = { ml, machine: machine.folder };
    await bringModel(transfer, container.ModelDataUrl, place).then(() => bringCode(transfer, container.Environment?.["SAGEMAKER_SUBMIT_DIRECTORY"], place)).finally(() => bounded.done());
    const written = openInstanceLog(parts, plan, role.principal);
    sink = written;
    for (const note of notes) await written.write(note);
    const startup = variant.ContainerStartupHealthCheckTimeoutInSeconds;
    const server = await parts.runtimes.start(machine, {
      image: container.Image ?? "", mlFolder: ml, region: endpoint.region, environment: container.Environment ?? {},
      credentials: role, endpoint: parts.machineEndpoint(), signal,
      healthPatience: startup === undefined ? HEALTH_PATIENCE : startup * SECOND,
      onLine: (line) => written.write(line),
    });
    return instanceOf(plan, { server, machine, sink: written });
  } catch (error) {
    await machine.destroy();
    await sink?.close();
    throw error;
  }
}

function makeMachine({ machines }: FleetParts, { endpoint, deployment, id, signal }: InstancePlan): ReturnType<FleetParts["machines"]["create"]> {
  const { InstanceType, VariantInstanceProvisionTimeoutInSeconds: seconds } = onlyVariant(deployment.config);
  const { name, memoryGiB, vcpus, gpus } = requireInstanceType(InstanceType, "hosting");
  return machines.create(
    { id: `endpoint-${endpoint.name}-${id}`, owner: endpoint.arn, memoryMiB: memoryGiB * 1024, vcpus, gpus, maxProcesses: MAX_PROCESSES, instanceType: name },
    { patience: seconds === undefined ? PATIENCE : seconds * SECOND, signal },
  );
}

const openInstanceLog = ({ call, clock, log }: FleetParts, { endpoint, deployment, id }: InstancePlan, principal: Principal): LogSink => openLogSink({
  call, clock, log, principal, region: endpoint.region,
  group: `/aws/sagemaker/Endpoints/${endpoint.name}`, stream: `${onlyVariant(deployment.config).VariantName ?? ""}/${id}`,
});

function instanceOf({ deployment, id }: InstancePlan, { server, machine, sink }: { readonly server: RunningServer; readonly machine: Machine; readonly sink: LogSink }): Instance {
  return {
    id, variant: onlyVariant(deployment.config).VariantName ?? "", address: server.address, port: server.port, outstanding: 0, answered: 0,
    exited: server.exited.then(async (words) => {
      await sink.close();
      return words;
    }),
    stop: async (grace) => {
      await server.stop(grace);
      await machine.destroy();
      await sink.close();
    },
  };
}
