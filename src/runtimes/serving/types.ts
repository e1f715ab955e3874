import type { Milliseconds } from "../../base/instant.ts";
import type { Machine } from "../../machines/index.ts";

/** What an image name stands for when it is to serve. */
export type FoundServing = { readonly kind: "found" } | { readonly kind: "refused"; readonly reason: string };

/** A container as its program is to see it; `/opt/ml/model` is filled already. */
export interface ServedContainer {
  readonly image: string;
  /** The folder on the machine that is `/opt/ml`. */
  readonly mlFolder: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the model's role; undefined where an artifact is only tried out. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string } | undefined;
  /** The listener that machines may use; undefined where there is no cloud around. */
  readonly endpoint: string | undefined;
  /** How long `/ping` may take to answer 200 for the first time. */
  readonly healthPatience: Milliseconds;
  readonly onLine: (line: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** A model server that has answered `/ping`. */
export interface RunningServer {
  readonly address: string;
  readonly port: number;
  /** Resolves with its last words when it is gone; never rejects. */
  readonly exited: Promise<string>;
  stop(grace: Milliseconds): Promise<void>;
}

export interface ServingRuntimes {
  find(image: string): FoundServing;
  /** Rejects with the container's own last words (ServerFailed) when it does not get to answer `/ping`, or with the signal's reason. */
  start(machine: Machine, container: ServedContainer): Promise<RunningServer>;
}

/** A model server that never became healthy; the message is what a failed endpoint shows, with the container's own last words. */
export class ServerFailed extends Error {
  override readonly name = "ServerFailed";
}
