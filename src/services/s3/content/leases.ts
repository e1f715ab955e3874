/** Which files are being read. A deleted object's file stays until its last reader has done. */
export interface Leases {
  /** Marks files as read from; call the result once the reader has done. */
  take(blobs: readonly string[]): () => void;
  /** Resolves when nobody reads the file. */
  free(blob: string): Promise<void>;
}

interface Readers {
  count: number;
  readonly waiting: (() => void)[];
}

export function createLeases(): Leases {
  const readers = new Map<string, Readers>();
  const leave = (blob: string): void => {
    const present = readers.get(blob);
    if (!present) return;
    present.count -= 1;
    if (present.count > 0) return;
    readers.delete(blob);
    for (const resume of present.waiting) resume();
  };
  return {
    take: (blobs) => {
      for (const blob of blobs) {
        const present = readers.get(blob);
        if (present) present.count += 1;
        else readers.set(blob, { count: 1, waiting: [] });
      }
      let done = false;
      return () => {
        if (done) return;
        done = true;
        for (const blob of blobs) leave(blob);
      };
    },
    free: (blob) => {
      const present = readers.get(blob);
      return present ? new Promise((resolve) => present.waiting.push(resolve)) : Promise.resolve();
    },
  };
}
