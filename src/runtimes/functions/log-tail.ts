/** What LogType Tail returns: the last 4 KB. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const TAIL_BYTES = 4096;

/** The end of one invocation's log. Older lines are dropped as new ones come, so that a flood costs no memory. */
export interface LogTail {
  add(line: string): void;
  /** The last 4 KB, UTF-8, as bytes. */
  bytes(): Buffer;
}

export function createLogTail(): LogTail {
  const lines: Buffer[] = [];
  let size = 0;
  return {
    add(line) {
      const bytes = Buffer.from(`${line}\n`);
      lines.push(bytes);
      size += bytes.length;
      while (size - (lines[0]?.length ?? 0) >= TAIL_BYTES) size -= lines.shift()?.length ?? 0;
    },
    bytes() {
      const all = Buffer.concat(lines);
      return all.subarray(Math.max(0, all.length - TAIL_BYTES));
    },
  };
}
