import type { ResourceConfig } from "@aws-sdk/client-sagemaker";

/** One instance that a job asks for. */
export interface AskedInstance {
  readonly type: string | undefined;
}

/** The instances that a job asks for, in the order of its hosts. */
export const instancesOf = (resources: ResourceConfig | undefined): readonly AskedInstance[] => Array.from({ length: resources?.InstanceCount ?? 1 }, () => ({ type: resources?.InstanceType }));
