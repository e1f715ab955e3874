import { cp } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { SECOND, type Milliseconds } from "../base/instant.ts";
import { findInstanceType } from "../catalogue/instance-types.ts";
import type { MachineHost } from "../machines/types.ts";
import { openServingRuntimes, type RunningServer } from "../runtimes/serving/index.ts";
import type { Clock } from "../shared/clock.ts";
import type { FetchedArtifact } from "./artifact.ts";
import { probabilitiesOf } from "./evaluate.ts";

/** What a checked artifact answered. */
export interface ArtifactCheck {
  readonly startMs: number;
  readonly answerMs: number;
  readonly probabilities: readonly number[];
  readonly peakMiB: number;
}

export interface CheckOptions {
  readonly machines: MachineHost;
  readonly clock: Clock;
  readonly image: string;
  readonly instanceType: string;
  readonly region: string;
  /** A picture as the endpoint will be sent. */
  readonly sample: Uint8Array;
  readonly classes: number;
}

/** The artifact would not serve; the message says why, and nothing was deployed. */
export class ArtifactRejected extends Error {
  override readonly name = "ArtifactRejected";
}

/** Longer than any model of this kind takes to load here; on AWS the limit is four minutes. */
const HEALTH_PATIENCE: Milliseconds = 60 * SECOND;
const PLACE_PATIENCE: Milliseconds = 60 * SECOND;

/**
 * Starts the artifact's server once on a machine of the endpoint's type, pings it and sends it a picture, before anything
 * is deployed and paid for. Throws ArtifactRejected with the server's own last words.
 */
export async function checkArtifact(artifact: FetchedArtifact, options: CheckOptions): Promise<ArtifactCheck> {
  const { machines, clock, instanceType } = options;
  const type = findInstanceType(instanceType);
  if (!type) throw new ArtifactRejected(`the instance type ${instanceType} is not known`);
  const { machine } = await machines.create(
    { id: "artifact-check", owner: "artifact check", memoryMiB: type.memoryGiB * 1024, vcpus: type.vcpus, gpus: type.gpus, maxProcesses: 1024, instanceType },
    { patience: PLACE_PATIENCE },
  );
  try {
    const mlFolder = join(machine.folder, "ml");
    await cp(artifact.folder, join(mlFolder, "model"), { recursive: true });
    await machine.own(mlFolder);
    const began = clock.monotonic();
    const server = await openServingRuntimes({ isolation: machines.isolation, clock, python: undefined, environment: process.env }).start(machine, {
      image: options.image, mlFolder, region: options.region, environment: {}, credentials: undefined, endpoint: undefined,
      healthPatience: HEALTH_PATIENCE, onLine: async () => undefined, signal: new AbortController().signal,
    });
    const started = clock.monotonic();
    const probabilities = await askOnce(server, options);
    const answered = clock.monotonic();
    await server.stop(SECOND);
    return { startMs: started - began, answerMs: answered - started, probabilities, peakMiB: machine.peakMiB() };
  } catch (error) {
    throw error instanceof ArtifactRejected ? error : new ArtifactRejected(`the artifact does not serve: ${(error as Error).message}`, { cause: error });
  } finally {
    await machine.destroy();
  }
}

async function askOnce(server: RunningServer, { sample, classes }: CheckOptions): Promise<readonly number[]> {
  const { status, body } = await post(server, sample);
  if (status !== 200) throw new ArtifactRejected(`a sample picture was answered with ${status}: ${body}`);
  return probabilitiesOf(body, classes);
}

function post({ address, port }: RunningServer, body: Uint8Array): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: address, port, path: "/invocations", method: "POST", headers: { "content-type": "application/x-image", "content-length": String(body.length) } }, (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(pieces).toString("utf8") }));
      incoming.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
