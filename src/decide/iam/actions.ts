import { compilePattern, type Match } from "./pattern.ts";
import type { ConditionContext } from "./context.ts";

const NO_CONTEXT: ConditionContext = { get: () => undefined };

/** Whether an action, given in lower case, is among those listed. Policies name actions without regard to case. */
export type ActionMatch = (lowerCaseAction: string) => boolean;

export function compileActions(list: readonly string[]): ActionMatch {
  const names = list.map((name) => name.toLowerCase());
  if (names.includes("*") || names.includes("*:*")) return () => true;
  const exact = new Set(names.filter((name) => !/[*?]/.test(name)));
  // By service, since a document may list hundreds of patterns of dozens of services.
  const byService = new Map<string, Match[]>();
  const anyService: Match[] = [];
  for (const name of names.filter((each) => /[*?]/.test(each))) {
    const service = name.slice(0, name.indexOf(":") + 1);
    const match = compilePattern(name, { variables: false, wildcards: true });
    if (service === "" || /[*?]/.test(service)) anyService.push(match);
    else byService.set(service, [...(byService.get(service) ?? []), match]);
  }
  return (action) => {
    if (exact.has(action)) return true;
    const ofService = byService.get(action.slice(0, action.indexOf(":") + 1));
    return ofService?.some((match) => match(action, NO_CONTEXT)) === true || anyService.some((match) => match(action, NO_CONTEXT) === true);
  };
}
