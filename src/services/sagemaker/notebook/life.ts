import { MINUTE, SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { Machine } from "../../../machines/types.ts";
import { idleSince, openNotebookProxy, type NotebookProgram, type NotebookProxy, type RunningNotebook } from "../../../runtimes/notebook/index.ts";
import { freePort } from "../../../shared/free-port.ts";
import { openLogSink, type LogSink } from "../../../wire/log-sink.ts";
import { admitOrigin } from "../../../wire/origin.ts";
import type { Principal } from "../../../wire/principal.ts";
import { keyOf } from "../arns.ts";
import { MACHINE_SESSION_SECONDS } from "../limits.ts";
import { requireInstanceType, requireRole } from "../validate.ts";
import { makeVolume } from "./files.ts";
import type { HouseParts } from "./house.ts";
import type { NotebookEvent, NotebookRecord } from "./notebook.ts";
import { memoryFinding } from "./out-of-memory.ts";

/** One run of a notebook instance on a machine, from Pending to its end. */
export interface Life {
  presign(session: Milliseconds): string | undefined;
  address(): string | undefined;
  /** SIGTERM to Jupyter, which ends its kernels. */
  stop(): void;
  /** Resolves with why it ended, when its machine is gone; never rejects. */
  readonly ended: Promise<string>;
}

export interface LifeParts extends HouseParts {
  readonly event: (event: NotebookEvent) => void;
  /** It has been idle for as long as its tag allows. */
  readonly idle: () => void;
}

const GROUP = "/aws/sagemaker/NotebookInstances";
const PATIENCE: Milliseconds = 900 * SECOND;
const STOP_GRACE: Milliseconds = 10 * SECOND;
/** https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html */
const SCRIPT_LIMIT: Milliseconds = 5 * MINUTE;
const MAX_PROCESSES = 4096;
const LOOK_EVERY: Milliseconds = 30 * SECOND;
/** Ours: minutes without a running cell after which a notebook instance is stopped. */
export const IDLE_TAG = "sagebrush:idle-stop-minutes";

/** Begins a life. What it comes to is told by events; the end by `ended`. */
export function liveNotebook(parts: LifeParts, notebook: NotebookRecord): Life {
  const stopping = new AbortController();
  let proxy: NotebookProxy | undefined;
  let running: RunningNotebook | undefined;
  const sinks = new Map<string, LogSink>();
  const sinkOf = (principal: Principal, stream: string): LogSink => {
    const sink = sinks.get(stream) ?? openLogSink({ call: parts.call, clock: parts.clock, log: parts.log, principal, region: notebook.region, group: GROUP, stream: `${notebook.name}/${stream}` });
    sinks.set(stream, sink);
    return sink;
  };

  async function run(machine: Machine, notes: readonly string[], tell: Told): Promise<string> {
    const role = await requireRole(parts.assumeRole, { roleArn: notebook.request.RoleArn ?? "", sessionName: "SageMaker", sourceArn: notebook.arn, durationSeconds: MACHINE_SESSION_SECONDS });
    const log = sinkOf(role.principal, "jupyter.log");
    tell.write = (line) => void log.write(line);
    for (const note of notes) await log.write(note);
    const program: NotebookProgram = {
      name: notebook.name, arn: notebook.arn, region: notebook.region, volume: makeVolume(parts.store.folder, notebook), cloud: { endpoint: parts.machineEndpoint(), credentials: role },
      token: secret(), port: await freePort(machine.address), onLine: (line) => log.write(line),
    };
    await parts.runtime.prepare(machine, program);
    await runScripts(machine, program, (stream) => sinkOf(role.principal, stream));
    const started = running = await parts.runtime.start(machine, program, stopping.signal);
    proxy = await openNotebookProxy({ clock: parts.clock, secret, target: { ...started, token: program.token }, refusal });
    parts.event({ kind: "started" });
    const watching = watchIdle(started, program);
    const reason = await started.ended;
    watching.cancel();
    return reason;
  }

  async function runScripts(machine: Machine, program: NotebookProgram, sink: (stream: string) => LogSink): Promise<void> {
    const name = notebook.request.LifecycleConfigName;
    const config = name === undefined ? undefined : parts.lifecycles.get(keyOf(notebook, name));
    if (config === undefined) return;
    const scripts = [...(notebook.created ? [] : [["LifecycleConfigOnCreate", config.onCreate] as const]), ["LifecycleConfigOnStart", config.onStart] as const];
    for (const [stream, content] of scripts) {
      if (content === undefined) continue;
      const end = await parts.runtime.runScript(machine, program, { name: stream, content: Buffer.from(content, "base64").toString("utf8"), limit: SCRIPT_LIMIT, onLine: (line) => sink(stream).write(line) });
      stopping.signal.throwIfAborted();
      const subject = `Notebook Instance Lifecycle Config '${config.arn}' for Notebook Instance '${notebook.arn}'`;
      const look = "Please check your CloudWatch logs for more details if your Notebook Instance has Internet access.";
      if (end.kind === "too-long") throw new Error(`${subject} took longer than 5 minutes. ${look}`);
      // Whatever comes after it: it runs once.
      if (end.kind === "done" && stream === "LifecycleConfigOnCreate") parts.event({ kind: "created" });
      if (end.kind === "failed") throw new Error(`${subject} failed with exit code ${end.code}. ${look}`);
    }
  }

  function watchIdle(started: RunningNotebook, program: NotebookProgram): { cancel(): void } {
    const startedAt = parts.clock.now();
    return parts.clock.every(LOOK_EVERY, () => {
      const minutes = Number(parts.tags.get(notebook.arn)[IDLE_TAG] ?? Number.NaN);
      if (!(minutes > 0)) return;
      void idleSince(started, program, startedAt).then((since) => {
        if (since !== undefined && parts.clock.now() - since >= minutes * MINUTE) parts.idle();
      }, () => undefined);
    });
  }

  /** From room on the host to the end of the machine. */
  async function live(): Promise<string> {
    const missing = await parts.runtime.missing();
    if (missing !== undefined) return missing;
    let machine: Machine | undefined;
    const tell: Told = { write: () => undefined };
    try {
      const { name, memoryGiB, vcpus, gpus } = requireInstanceType(notebook.request.InstanceType, "notebook");
      const placed = await parts.machines.create({
        id: `notebook-${notebook.region}-${notebook.name}`, owner: notebook.arn, memoryMiB: memoryGiB * 1024, vcpus, gpus, maxProcesses: MAX_PROCESSES, instanceType: name,
        volumes: [makeVolume(parts.store.folder, notebook)],
        onOutOfMemory: (peakMiB) => {
          const finding = memoryFinding(name, { peakMiB, limitMiB: machine?.limits.memoryMiB ?? memoryGiB * 1024 });
          parts.event({ kind: "found", finding });
          tell.write(finding);
        },
      }, { patience: PATIENCE, signal: stopping.signal });
      machine = placed.machine;
      return await run(machine, placed.notes, tell);
    } catch (error) {
      return (error as Error).message;
    } finally {
      await proxy?.close();
      proxy = undefined;
      await machine?.destroy();
      await Promise.all([...sinks.values()].map((sink) => sink.close()));
    }
  }

  const secret = (): string => Buffer.from(parts.random.bytes(32)).toString("base64url");
  return {
    presign: (session) => proxy?.presign(session),
    address: () => proxy?.address,
    stop: () => {
      stopping.abort(new Error("the notebook instance is stopped"));
      void running?.stop(STOP_GRACE);
    },
    ended: live(),
  };
}

/** Where a line can be told, once there is a log. */
interface Told {
  write: (line: string) => void;
}

/** Pages of Jupyter's own, links that are opened; nobody else's page. */
const refusal: Parameters<typeof openNotebookProxy>[0]["refusal"] = (request, link) => {
  const verdict = admitOrigin(request, { hosts: () => false, ownPages: true, navigation: link });
  return verdict.admitted ? undefined : verdict.reason;
};
