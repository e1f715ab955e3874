import type { Milliseconds } from "../../../base/instant.ts";
import type { Machine } from "../../../machines/types.ts";

/** What an image name stands for when it is to serve. */
export type FoundServing = { readonly kind: "found" } | { readonly kind: "refused"; readonly reason: string };

/** A container as its program is to see it; `/opt/ml/model` is filled already. */
export interface ServedContainer {
  readonly image: string;
  readonly mlFolder: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  readonly endpoint: string;
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

/** The launchers of `runtimes/serving`, as the fleet uses them. `start` rejects with the container's own last words. */
export interface ServingRuntimes {
  find(image: string): FoundServing;
  start(machine: Machine, container: ServedContainer): Promise<RunningServer>;
}
