import type { Instant } from "../../base/instant.ts";
import { instant } from "../../base/instant.ts";
import type { NotebookProgram, RunningNotebook } from "./types.ts";

interface Active {
  readonly last_activity?: string;
  readonly execution_state?: string;
}

/**
 * Since when nothing has run: undefined while a kernel is busy. Kernels and terminals count, an open page does not: it asks for
 * news for as long as it is open. https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html
 */
export async function idleSince({ address, port }: Pick<RunningNotebook, "address" | "port">, { token }: Pick<NotebookProgram, "token">, startedAt: Instant): Promise<Instant | undefined> {
  const read = async (what: string): Promise<readonly Active[]> => {
    const answer = await fetch(`http://${address}:${port}/api/${what}?no_track_activity=1`, { headers: { authorization: `token ${token}` } });
    return answer.ok ? (await answer.json()) as readonly Active[] : [];
  };
  const kernels = await read("kernels");
  if (kernels.some(({ execution_state: state }) => state === "busy" || state === "starting")) return undefined;
  const times = [...kernels, ...(await read("terminals"))].map(({ last_activity: at = "" }) => Date.parse(at)).filter((at) => !Number.isNaN(at));
  return instant(Math.max(startedAt, ...times));
}
