import type { Clients } from "../sdk/clients.ts";
import { namesOf, type ProjectPlace } from "./names.ts";
import { removeVersions } from "./versions.ts";
import { removeTemplate } from "./plan/apply.ts";
import type { Project } from "./schema.ts";
import { foundationTemplate } from "./template/foundation.ts";
import { servingTemplate } from "./template/serving.ts";

export interface DownOptions {
  readonly clients: Clients;
  readonly place: ProjectPlace;
  /** The bucket and the training role as well. */
  readonly everything: boolean;
  readonly onRemove: (logicalId: string) => void;
}

/** Removes what serving costs; models and endpoint configurations of every version that the project had. */
export async function down(project: Project, { clients, place, everything, onRemove }: DownOptions): Promise<void> {
  const names = namesOf(project.name, place);
  // Only names matter for removal: what the release was is not known any more, and model and configuration follow below.
  const release = { image: "", artifact: `s3://${names.bucket}/none`, artifactHash: "0".repeat(64), functionKey: "none" };
  await removeTemplate(servingTemplate(project, place, release), { clients, place, onProgress: onRemove });
  await removeNamed(clients, names, onRemove);
  await removeVersions(clients, project.name, { keep: [], onRemove });
  if (everything) await removeTemplate(foundationTemplate(project, place), { clients, place, onProgress: onRemove });
}

/** Endpoint, function and roles depend on others in the template; their names stand for themselves. */
async function removeNamed(clients: Clients, names: ReturnType<typeof namesOf>, onRemove: (what: string) => void): Promise<void> {
  const { endpoint } = await import("./plan/serving.ts");
  const { lambdaFunction } = await import("./plan/function.ts");
  const { role } = await import("./plan/role.ts");
  const NONE = { EndpointConfigName: "none" };
  for (const [what, kind, properties] of [
    ["Function", lambdaFunction, { FunctionName: names.function }], ["Endpoint", endpoint, { EndpointName: names.endpoint, ...NONE }],
    ["FunctionRole", role, { RoleName: names.functionRole }], ["ModelRole", role, { RoleName: names.modelRole }],
  ] as const) {
    const found = await kind.find(clients, properties);
    if (found?.ours !== true) continue;
    onRemove(what);
    await kind.remove(clients, properties);
  }
}
