import type { Readable } from "node:stream";

/** CloudWatch Logs cuts events at 256 KiB. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
export const MAX_LINE_BYTES = 256 * 1024;

/**
 * Splits a stream into lines with at most one line of memory. While `onLine`'s promise is pending the stream is paused:
 * the pipe fills and the program waits. Resolves when the stream has ended and every line was taken. A line that is not taken
 * (`onLine` throws or rejects) is lost, and the next one is offered; `failed` is told of the first such, lest a program fill the log.
 */
export function readLines(stream: Readable, onLine: (line: string) => void | Promise<void>, failed: (error: unknown) => void): Promise<void> {
  const splitter = createSplitter();
  return new Promise((resolve) => {
    let busy: Promise<void> = Promise.resolve();
    let told = false;
    const fail = (error: unknown): void => {
      if (!told) failed(error);
      told = true;
    };
    const take = (line: string): void | Promise<void> => {
      try {
        return onLine(line)?.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    const deliver = (lines: readonly string[]): void => {
      const pending: Promise<void>[] = [];
      for (const line of lines) {
        const taken = take(line);
        if (taken !== undefined) pending.push(taken);
      }
      if (pending.length === 0) return;
      stream.pause();
      busy = Promise.all(pending).then(() => void stream.resume());
    };
    stream.on("data", (chunk: Buffer) => deliver(splitter.push(chunk)));
    const end = (): void => {
      deliver(splitter.end());
      void busy.then(resolve);
    };
    // A program that was ended while it was prepared has closed its output before anybody listened.
    if (stream.closed) end();
    else stream.once("close", end);
    stream.once("error", () => stream.destroy());
  });
}

/** Turns chunks of bytes into lines; what exceeds the longest line is dropped up to the next line end. */
export function createSplitter(maxBytes = MAX_LINE_BYTES): { push(chunk: Buffer): readonly string[]; end(): readonly string[] } {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (piece: Buffer): void => {
    const room = maxBytes - length;
    if (room <= 0 || piece.length === 0) return;
    // A copy: a short rest must not keep a whole chunk alive.
    const kept = Buffer.from(piece.subarray(0, room));
    parts.push(kept);
    length += kept.length;
  };
  const finish = (): string => {
    const line = Buffer.concat(parts).toString("utf8");
    parts = [];
    length = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  };
  return {
    push: (chunk) => {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        add(chunk.subarray(from, at));
        lines.push(finish());
        from = at + 1;
      }
      add(chunk.subarray(from));
      return lines;
    },
    end: () => (length === 0 ? [] : [finish()]),
  };
}
