import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Server } from "./server.ts";

/** A role that a service may take on and that may do these actions on everything. Gives its ARN. */
export async function makeRole({ client }: Pick<Server, "client">, { name, service, actions }: { readonly name: string; readonly service: string; readonly actions: readonly string[] }): Promise<string> {
  const iam = new IAMClient(client);
  const { Role } = await iam.send(new CreateRoleCommand({
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] }),
  }));
  await iam.send(new PutRolePolicyCommand({
    RoleName: name, PolicyName: "allowed",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] }),
  }));
  return Role?.Arn ?? "";
}
