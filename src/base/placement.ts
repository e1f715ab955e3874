/**
 * What the host can hold, and what is in use on it, as measured. Question and answer are plain data, so that a live placement
 * can be journalled and replayed.
 */
export interface PlacementQuestion {
  readonly host: { readonly memoryMiB: number; readonly cpus: number; readonly gpus: number };
  /** Memory in use on the whole host, by anyone, as measured. */
  readonly usedMiB: number;
  /** Free where machines' folders are; undefined where that cannot be measured. */
  readonly freeDiskMiB?: number;
  readonly machines: readonly { readonly id: string; readonly limitMiB: number; readonly usedMiB: number }[];
  readonly request: { readonly id: string; readonly memoryMiB: number; readonly vcpus: number; readonly gpus: number; readonly instanceType?: string };
}

/** Answer to "is there room?": from `decide/placement`. */
export type Placement =
  | { readonly kind: "placed"; readonly memoryMiB: number; readonly vcpus: number; readonly notes: readonly string[] }
  | { readonly kind: "wait"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };
