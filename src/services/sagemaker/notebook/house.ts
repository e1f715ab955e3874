import { rmSync } from "node:fs";
import type { Milliseconds } from "../../../base/instant.ts";
import type { MachineHost } from "../../../machines/types.ts";
import type { NotebookRuntime } from "../../../runtimes/notebook/index.ts";
import type { Random } from "../../../shared/random.ts";
import type { Collection } from "../../../store/index.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import type { LifecycleRecord } from "../notebook-lifecycle/lifecycle.ts";
import type { TagStore } from "../tags/tags.ts";
import { volumeOf } from "./files.ts";
import { liveNotebook, type Life } from "./life.ts";
import { transition, type NotebookEvent, type NotebookRecord } from "./notebook.ts";

export interface HouseParts extends Pick<ServiceDependencies, "call" | "assumeRole" | "clock" | "log" | "machineEndpoint" | "store"> {
  readonly random: Random;
  readonly notebooks: Collection<NotebookRecord>;
  readonly lifecycles: Collection<LifecycleRecord>;
  readonly tags: TagStore;
  readonly machines: MachineHost;
  readonly runtime: NotebookRuntime;
}

/** The notebook instances that run, kept as the records say. */
export interface NotebookHouse {
  readonly assumeRole: ServiceDependencies["assumeRole"];
  apply(key: string, event: NotebookEvent): void;
  /** Starts the machine of one that is Pending. */
  begin(key: string): void;
  /** Ends the machine of one that is InService. */
  end(key: string): void;
  /** Forgets one that is Stopped or Failed, with its volume. */
  remove(key: string): void;
  /** A link that opens it; undefined where it is not InService. */
  presign(key: string, session: Milliseconds): string | undefined;
  /** Where it is reached, without any right to. */
  address(key: string): string | undefined;
  /** Takes up what an earlier server left. */
  reconcile(): void;
  stop(): Promise<void>;
}

export function createHouse(parts: HouseParts): NotebookHouse {
  const { notebooks, clock, log } = parts;
  const lives = new Map<string, Life>();
  const work = new Set<Promise<void>>();
  let stopping = false;
  const apply = (key: string, event: NotebookEvent): void => void notebooks.update(key, (notebook) => transition(notebook, event, clock.now()));
  const carry = (key: string, what: () => Promise<void>): void => {
    const doing = what().catch((error: unknown) => log.error("a notebook instance's change could not be carried out", { notebook: key, cause: (error as Error).stack })).finally(() => work.delete(doing));
    work.add(doing);
  };

  const begin = (key: string): void => {
    const notebook = notebooks.get(key);
    if (notebook === undefined || lives.has(key)) return;
    const life = liveNotebook({ ...parts, event: (event) => apply(key, event), idle: () => end(key) }, notebook);
    lives.set(key, life);
    carry(key, async () => {
      const reason = await life.ended;
      lives.delete(key);
      if (stopping) return;
      const { status } = notebooks.get(key) ?? {};
      if (status === "Stopping") apply(key, { kind: "stopped" });
      else if (status !== undefined) apply(key, { kind: "failed", reason });
    });
  };

  const end = (key: string): void => {
    if (notebooks.get(key)?.status !== "InService") return;
    apply(key, { kind: "stop-requested" });
    lives.get(key)?.stop();
  };

  const takeAway = async (key: string): Promise<void> => {
    const notebook = notebooks.get(key);
    if (notebook === undefined) return;
    rmSync(volumeOf(parts.store.folder, notebook), { recursive: true, force: true });
    notebooks.delete(key);
    parts.tags.forget(notebook.arn);
  };

  return {
    assumeRole: parts.assumeRole, apply, begin, end,
    remove: (key) => {
      apply(key, { kind: "delete-requested" });
      carry(key, () => takeAway(key));
    },
    presign: (key, session) => (notebooks.get(key)?.status === "InService" ? lives.get(key)?.presign(session) : undefined),
    address: (key) => lives.get(key)?.address(),
    reconcile() {
      for (const [key, { status, request }] of notebooks.entries()) {
        if (status === "Deleting") carry(key, () => takeAway(key));
        else if (status === "Stopping") apply(key, { kind: "stopped" });
        else if (status === "Updating") apply(key, { kind: "updated", request });
        else if (status === "Pending" || status === "InService") {
          apply(key, { kind: "server-restarted" });
          begin(key);
        }
      }
    },
    async stop() {
      stopping = true;
      for (const life of lives.values()) life.stop();
      await Promise.all(work);
    },
  };
}
