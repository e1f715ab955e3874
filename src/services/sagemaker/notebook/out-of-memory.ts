import { cheapestTypeWith, findInstanceType } from "../../../catalogue/instance-types.ts";

/** What a kernel's death for want of memory teaches: the type, what was reached, and what the next type costs. */
export function memoryFinding(instanceType: string, { peakMiB, limitMiB }: { readonly peakMiB: number; readonly limitMiB: number }): string {
  const memoryGiB = findInstanceType(instanceType)?.memoryGiB ?? 0;
  const given = limitMiB < memoryGiB * 1024 ? `this host gives ${instanceType} ${limitMiB} MiB` : `${instanceType} has ${limitMiB} MiB`;
  const better = cheapestTypeWith({ memoryGiB: Math.max(memoryGiB, limitMiB / 1024) + 0.001, use: "notebook" });
  const advice = better === undefined ? "No known notebook type has more." : `The cheapest type with more is ${better.name} (${better.memoryGiB} GiB, USD ${better.usdPerHour} an hour): stop the notebook instance, update its InstanceType and start it again.`;
  return `A kernel ran out of memory and was killed: the notebook instance reached ${Math.round(peakMiB)} MiB, and ${given}. ${advice}`;
}
