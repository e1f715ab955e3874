import type { Clients } from "../sdk/clients.ts";
import type { Template } from "./template/template.ts";

export interface VersionOptions {
  /** Names that stay. */
  readonly keep: readonly string[];
  readonly onRemove?: (name: string) => void;
}

/** Models and endpoint configurations carry a hash in their names; those of earlier versions serve nothing any more. */
export async function removeVersions(clients: Clients, project: string, { keep, onRemove }: VersionOptions): Promise<void> {
  const { DeleteEndpointConfigCommand, DeleteModelCommand, paginateListEndpointConfigs, paginateListModels } = await import("@aws-sdk/client-sagemaker");
  const client = await clients.sagemaker();
  const pattern = new RegExp(`^${project}-[0-9a-f]{12}(-|$)`);
  const isOld = (name: string): boolean => pattern.test(name) && !keep.includes(name);
  for await (const { EndpointConfigs = [] } of paginateListEndpointConfigs({ client }, { NameContains: project })) {
    for (const { EndpointConfigName = "" } of EndpointConfigs.filter((each) => isOld(each.EndpointConfigName ?? ""))) {
      onRemove?.(EndpointConfigName);
      await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
    }
  }
  for await (const { Models = [] } of paginateListModels({ client }, { NameContains: project })) {
    for (const { ModelName = "" } of Models.filter((each) => isOld(each.ModelName ?? ""))) {
      onRemove?.(ModelName);
      await client.send(new DeleteModelCommand({ ModelName }));
    }
  }
}

/** The names with a hash in them that a serving template has now. */
export const versionedNames = ({ Resources }: Template): readonly string[] =>
  [Resources["Model"]?.Properties["ModelName"], Resources["EndpointConfig"]?.Properties["EndpointConfigName"]].filter((name) => typeof name === "string");
