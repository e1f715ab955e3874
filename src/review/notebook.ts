import type { Finding, NotebookFacts } from "./snapshot.ts";

/** What a notebook instance says of itself: why it failed, or that a kernel has outgrown it. The local server ends what it saw with what to do. */
export function notebookSays({ name, status, says }: NotebookFacts): readonly Finding[] {
  if (says === undefined) return [];
  const [evidence = "", advice] = says.split(/(?<= MiB)\. /);
  if (advice !== undefined) return [{ rule: "notebook type too small", subject: name, evidence, advice }];
  return [{ rule: `notebook instance ${status}`, subject: name, evidence: says, advice: "Mend what it names, and start the notebook instance again: sagebrush notebook start." }];
}
