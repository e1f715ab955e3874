import { costOfInstance } from "./prices.ts";

/** Instances as a training job asks for them: all alike, or in groups. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html */
export interface AskedResources {
  readonly InstanceType?: string | undefined;
  readonly InstanceCount?: number | undefined;
  readonly InstanceGroups?: readonly { readonly InstanceGroupName?: string | undefined; readonly InstanceType?: string | undefined; readonly InstanceCount?: number | undefined }[] | undefined;
}

/** `name` is absent where there are no groups. */
export interface AskedGroup {
  readonly name: string | undefined;
  readonly type: string;
  readonly count: number;
}

/** The groups of a job; without any, all its instances as one. */
export function groupsAsked(resources: AskedResources | undefined): readonly AskedGroup[] {
  const groups = resources?.InstanceGroups ?? [];
  if (groups.length === 0) return [{ name: undefined, type: resources?.InstanceType ?? "", count: resources?.InstanceCount ?? 1 }];
  return groups.map(({ InstanceGroupName: name, InstanceType: type = "", InstanceCount: count = 1 }) => ({ name, type, count }));
}

export const countAsked = (resources: AskedResources | undefined): number => groupsAsked(resources).reduce((sum, { count }) => sum + count, 0);

/** `2 x ml.m5.large, 1 x ml.g4dn.xlarge` */
export const describeResources = (resources: AskedResources | undefined, times = "x"): string => groupsAsked(resources).map(({ count, type }) => `${count} ${times} ${type}`).join(", ");

/** USD for all of them over so many seconds; undefined where the price of one is not known. */
export function costOfResources(resources: AskedResources | undefined, seconds: number): number | undefined {
  let sum = 0;
  for (const { type, count } of groupsAsked(resources)) {
    const cost = costOfInstance(type, seconds, count);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}
