import { Worker } from "node:worker_threads";
import type { Augmentation } from "./augmentation.ts";
import type { Skipped } from "./feature-batch.ts";
import type { Normalization, Size } from "./pictures.ts";

/** What every thread of a loader knows. */
export interface LoaderPlan {
  readonly paths: readonly string[];
  /** The size that pictures are unpacked to; undefined for their own. */
  readonly unpackTo: Size | undefined;
  /** Unpacked pictures that a thread keeps, in bytes; the others are unpacked anew each time. */
  readonly cacheBytes: number;
  readonly normalization: Normalization;
}

/** One view: which picture, and a number that its variation is drawn from beside the seed. */
export interface Wanted {
  readonly picture: number;
  readonly turn: number;
}

export interface ViewsOrder {
  readonly id: number;
  readonly pictures: readonly Wanted[];
  readonly size: Size;
  readonly augmentation: Augmentation;
  readonly seed: number;
}

export interface ViewsAnswer {
  readonly id: number;
  readonly views: Float32Array;
  readonly bad: readonly { readonly picture: number; readonly reason: string }[];
}

/** Views of pictures, made on threads of their own while the network trains. The same seed and turns give the same views, whatever the number of threads. */
export interface Loader {
  /** `size` numbers a view, in the order asked for. Rejects when a picture cannot be used. */
  views(pictures: readonly Wanted[], options: { readonly size: Size; readonly augmentation: Augmentation; readonly seed: number }): Promise<Float32Array>;
  /** Unpacks every picture once and gives those that cannot be used. */
  check(size: Size, augmentation: Augmentation): Promise<readonly (Skipped & { readonly picture: number })[]>;
  close(): Promise<void>;
}

const CHECKED_AT_ONCE = 32;
const program = new URL(import.meta.url.endsWith(".ts") ? "./loader-worker.ts" : "./loader-worker.js", import.meta.url);

interface Waiting {
  readonly resolve: (answer: ViewsAnswer) => void;
  readonly reject: (error: Error) => void;
}

export function createLoader(plan: LoaderPlan, threads: number): Loader {
  const waiting = new Map<number, Waiting>();
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(program, { workerData: plan });
    worker.on("message", (answer: ViewsAnswer) => {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    });
    worker.on("error", (error) => failAll(error as Error));
    return worker;
  });
  let next = 0;
  const order = (worker: Worker, given: Omit<ViewsOrder, "id">): Promise<ViewsAnswer> => new Promise((resolve, reject) => {
    const id = next++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...given, id } satisfies ViewsOrder);
  });
  /** A picture always goes to the same thread, which may have kept it. */
  const share = (pictures: readonly Wanted[]): readonly { readonly worker: Worker; readonly mine: readonly number[] }[] =>
    workers.map((worker, index) => ({ worker, mine: pictures.flatMap(({ picture }, at) => (picture % threads === index ? [at] : [])) })).filter(({ mine }) => mine.length > 0);

  async function take(pictures: readonly Wanted[], given: Omit<ViewsOrder, "id" | "pictures">): Promise<{ readonly views: Float32Array; readonly bad: ViewsAnswer["bad"] }> {
    const length = 3 * given.size.height * given.size.width;
    const views = new Float32Array(pictures.length * length);
    const answers = await Promise.all(share(pictures).map(async ({ worker, mine }) => {
      const answer = await order(worker, { ...given, pictures: mine.flatMap((at) => pictures[at] ?? []) });
      mine.forEach((at, index) => views.set(answer.views.subarray(index * length, (index + 1) * length), at * length));
      return answer.bad;
    }));
    return { views, bad: answers.flat() };
  }

  return {
    async views(pictures, options) {
      const { views, bad: [first] } = await take(pictures, options);
      if (first !== undefined) throw new Error(`${plan.paths[first.picture] ?? ""} ${first.reason}`);
      return views;
    },
    async check(size, augmentation) {
      const bad: (Skipped & { readonly picture: number })[] = [];
      for (let from = 0; from < plan.paths.length; from += CHECKED_AT_ONCE * threads) {
        const some = Array.from({ length: Math.min(CHECKED_AT_ONCE * threads, plan.paths.length - from) }, (_, at) => ({ picture: from + at, turn: 0 }));
        const answer = await take(some, { size, augmentation, seed: 0 });
        bad.push(...answer.bad.map(({ picture, reason }) => ({ picture, path: plan.paths[picture] ?? "", reason })));
      }
      return bad.sort((a, b) => a.picture - b.picture);
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}
