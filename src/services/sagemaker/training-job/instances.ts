import type { Channel, ResourceConfig } from "@aws-sdk/client-sagemaker";
import { groupsAsked } from "../../../catalogue/resources.ts";
import type { Share } from "./select-input.ts";

/** One instance that a job asks for. */
export interface AskedInstance {
  readonly type: string;
  /** Absent in a job without instance groups. */
  readonly group: string | undefined;
}

/** The instances that a job asks for, in the order of its hosts: group after group. */
export const instancesOf = (resources: ResourceConfig | undefined): readonly AskedInstance[] =>
  groupsAsked(resources).flatMap(({ name, type, count }) => Array.from({ length: count }, () => ({ type, group: name })));

/** Which part of a channel a host gets, counted from 0: it is divided among the hosts of the groups that it is for. Undefined when it is not for this one's. */
export function shareOf(channel: Channel, instances: readonly AskedInstance[], host: number): Share | undefined {
  const names = channel.DataSource?.S3DataSource?.InstanceGroupNames ?? [];
  const receiving = [...instances.keys()].filter((index) => names.length === 0 || names.includes(instances[index]?.group ?? ""));
  const at = receiving.indexOf(host);
  return at === -1 ? undefined : { host: at, hosts: receiving.length };
}
