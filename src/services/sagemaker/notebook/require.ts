import { keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";
import { barrier, type NotebookRecord } from "./notebook.ts";

/** The notebook instance of this name; throws AWS's "RecordNotFound". */
export function requireNotebook(state: Pick<SageMakerState, "notebooks"> & Place, name: string | undefined): NotebookRecord {
  const notebook = state.notebooks.get(keyOf(state, name ?? ""));
  if (!notebook) throw errors.recordNotFound();
  return notebook;
}

/** Throws AWS's sentence when the state does not admit what is asked. */
export function requireState(notebook: NotebookRecord, kind: Parameters<typeof barrier>[1]): void {
  const refused = barrier(notebook, kind);
  if (refused !== undefined) throw errors.invalid(refused);
}
