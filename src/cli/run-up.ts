import { join, resolve } from "node:path";
import { openHost } from "../cloud/machine-host.ts";
import { loadProject, type LoadedProject } from "../project/load.ts";
import { openLocalState } from "../project/local-state.ts";
import { up, type UpResult } from "../project/up.ts";
import type { Clients } from "../sdk/clients.ts";
import { systemClock } from "../shared/clock.ts";
import { silentLog } from "../shared/log.ts";
import { isTerminal } from "./output.ts";
import { createProgress } from "./progress.ts";
import { findPlace, stateFolder } from "./target.ts";

/** Machines of the command's own, for trying an artifact out: closed when the command ends. They see nothing of the data folder, its keys least of all. */
const CHECK_GRACE_MS = 1000;

/** Loads a project and brings it up on a cloud. */
export async function runUp(clients: Clients, { projectPath, data }: { readonly projectPath: string; readonly data: string }): Promise<{ readonly loaded: LoadedProject; readonly result: UpResult }> {
  const loaded = await loadProject(projectPath);
  const folder = stateFolder(data);
  let host: Awaited<ReturnType<typeof openHost>> | undefined;
  const machines = async (): ReturnType<typeof openHost> => (host ??= await openHost({ folder: join(folder, "machines"), hide: resolve(data), clock: systemClock, log: silentLog }));
  try {
    const result = await up(loaded, {
      clients, place: await findPlace(clients), clock: systemClock, machines,
      state: await openLocalState(folder, loaded.project.name), progress: createProgress(isTerminal()),
    });
    return { loaded, result };
  } finally {
    await host?.stop(CHECK_GRACE_MS);
  }
}
