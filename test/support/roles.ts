import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { TestCloud } from "./cloud.ts";

export interface RolePlan {
  readonly name: string;
  /** Who may take it on, e.g. `sagemaker.amazonaws.com`. */
  readonly service: string;
  readonly actions: readonly string[];
}

/** A role that a service may take on and that may do these actions on everything. Gives its ARN. */
export async function makeRole(cloud: TestCloud, { name, service, actions }: RolePlan): Promise<string> {
  const iam = new IAMClient(cloud.client);
  const { Role } = await iam.send(new CreateRoleCommand({
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] }),
  }));
  if (actions.length > 0) await allowRole(cloud, { name, actions });
  return Role?.Arn ?? "";
}

/** Lets a role do these actions on the resources, from the next request on. */
export async function allowRole(cloud: TestCloud, { name, actions, resources = ["*"] }: { readonly name: string; readonly actions: readonly string[]; readonly resources?: readonly string[] }): Promise<void> {
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: resources }] });
  await new IAMClient(cloud.client).send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "allowed", PolicyDocument }));
}
