/** Work on endpoints: one thing at a time for each, many endpoints at once. */
export interface WorkQueue {
  add(key: string, job: () => Promise<void>): void;
  /** Resolves when nothing is being done at all. */
  idle(): Promise<void>;
}

export function createQueue(onError: (key: string, error: Error) => void): WorkQueue {
  const work = new Map<string, Promise<void>>();
  return {
    add(key, job) {
      const next = (work.get(key) ?? Promise.resolve()).then(job).catch((error: unknown) => onError(key, error as Error));
      work.set(key, next);
      void next.finally(() => {
        if (work.get(key) === next) work.delete(key);
      });
    },
    idle: async () => void (await Promise.all(work.values())),
  };
}
