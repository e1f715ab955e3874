import { execFile } from "node:child_process";
import { constants, closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { link, mkdir, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Milliseconds } from "../../../../base/instant.ts";
import type { Clock } from "../../../../shared/clock.ts";
import { ClientFault } from "../faults.ts";
import type { JobFolders } from "../inputs.ts";
import type { PipeSource } from "./stream.ts";

/** How soon a reader that has opened a pipe is noticed; the system tells a writer of readers in no other way that does not block a thread. */
const LOOK_FOR_READER: Milliseconds = 10;

/** The pipes of a host, written by this server. */
export interface Feed {
  /** Resolves with the error when a pipe cannot be filled any more; never otherwise. */
  readonly failed: Promise<Error>;
  /** Stops writing; what a reader has not read is lost. */
  end(): Promise<void>;
}

/**
 * Makes `<channel>_0` and fills it as it is read; when it has been read, or closed early, `<channel>_1` follows, and so on without end:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html (Pipe mode).
 * The first pipes are there when this resolves. Nobody needs to open any of them.
 */
export async function feedPipes(sources: readonly PipeSource[], { ml, machine }: JobFolders, clock: Clock): Promise<Feed> {
  if (sources.length === 0) return { failed: new Promise(() => undefined), end: () => Promise.resolve() };
  const stop = new AbortController();
  const own = join(machine, "pipes");
  await mkdir(own, { recursive: true, mode: 0o700 });
  // Held open from before the program starts: what it puts in this folder's place is not written to.
  const shown = openSync(join(ml, "input/data"), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const places = { own, shown: existsSync(`/proc/${process.pid}/fd/${shown}`) ? `/proc/${process.pid}/fd/${shown}` : join(ml, "input/data") };
  const first = await Promise.all(sources.map((source) => makePipe(places, `${source.channel}_0`))).catch((error: unknown) => {
    closeSync(shown);
    throw new ClientFault(`ClientError: The pipes of the job's channels could not be made in /opt/ml/input/data: ${(error as Error).message}`, { cause: error });
  });
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => (fail = resolve));
  const feeding = sources.map(async (source, index) => {
    try {
      let pipe = first[index] ?? "";
      for (let epoch = 0; ; epoch++) {
        // Before this one is read: who has read it finds the next one there.
        const next = await makePipe(places, `${source.channel}_${epoch + 1}`);
        await fillPipe(pipe, source.epoch(epoch), { clock, signal: stop.signal });
        await Promise.all([rm(join(places.shown, `${source.channel}_${epoch}`), { force: true }), rm(pipe, { force: true })]);
        pipe = next;
      }
    } catch (error) {
      if (!stop.signal.aborted) fail(error as Error);
    }
  });
  return {
    failed,
    end: async () => {
      stop.abort(new Error("the pipes end with the job"));
      await Promise.all(feeding);
      closeSync(shown);
      await rm(own, { recursive: true, force: true });
    },
  };
}

/** A pipe with two names: the server's own, by which it writes whatever the program makes of the other, and the program's. Gives the first. */
async function makePipe({ own, shown }: { readonly own: string; readonly shown: string }, name: string): Promise<string> {
  const pipe = join(own, name);
  await promisify(execFile)("mkfifo", ["-m", "644", "--", pipe]);
  await rm(join(shown, name), { force: true });
  await link(pipe, join(shown, name));
  return pipe;
}

/** Writes one epoch, no faster than it is read; resolves when all is written or the reader has closed it. */
async function fillPipe(pipe: string, content: AsyncIterable<Uint8Array>, { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<void> {
  const socket = new Socket({ fd: await openForReader(pipe, clock, signal), readable: false, writable: true });
  let closedEarly = false;
  const gone = new Promise<void>((resolve) => {
    socket.on("error", () => {
      closedEarly = true;
      resolve();
    });
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    for await (const chunk of content) {
      signal.throwIfAborted();
      if (chunk.length === 0) continue;
      await Promise.race([new Promise<void>((resolve) => socket.write(chunk, () => resolve())), gone]);
      if (closedEarly) return;
    }
    signal.throwIfAborted();
  } finally {
    socket.destroy();
  }
}

/** Opens a pipe for writing as soon as somebody reads it. */
async function openForReader(pipe: string, clock: Clock, signal: AbortSignal): Promise<number> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const descriptor = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      if (fstatSync(descriptor).isFIFO()) return descriptor;
      closeSync(descriptor);
      throw new Error(`${pipe} is no pipe`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
    }
    await clock.sleep(LOOK_FOR_READER, signal);
  }
}
