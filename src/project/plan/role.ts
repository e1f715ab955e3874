import type { Value } from "../template/template.ts";
import { HASH_TAG, isOurs, madeTags, propertiesHash, text, unlessMissing, type Attributes, type Properties, type ResourceKind } from "./resource-kind.ts";

const attributes = (role: { readonly RoleName?: string | undefined; readonly Arn?: string | undefined }): Attributes => ({ Ref: role.RoleName ?? "", Arn: role.Arn ?? "" });

const policiesOf = (properties: Properties): readonly { readonly PolicyName: string; readonly PolicyDocument: Value }[] =>
  (properties["Policies"] ?? []) as unknown as readonly { readonly PolicyName: string; readonly PolicyDocument: Value }[];

const tagsOf = (properties: Properties): { Key: string; Value: string }[] => [{ Key: HASH_TAG, Value: propertiesHash(properties) }];

export const role: ResourceKind = {
  async find(clients, properties) {
    const { GetRoleCommand } = await import("@aws-sdk/client-iam");
    const found = await unlessMissing((await clients.iam()).send(new GetRoleCommand({ RoleName: text(properties, "RoleName") })));
    if (!found?.Role) return undefined;
    const hash = found.Role.Tags?.find(({ Key }) => Key === HASH_TAG)?.Value;
    return { attributes: attributes(found.Role), current: hash === propertiesHash(properties), ours: isOurs(found.Role.Tags) };
  },
  async create(clients, properties) {
    const { CreateRoleCommand } = await import("@aws-sdk/client-iam");
    const client = await clients.iam();
    const RoleName = text(properties, "RoleName");
    const { Role } = await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(properties["AssumeRolePolicyDocument"]), Tags: madeTags() }));
    await putPolicies(clients, properties);
    return attributes(Role ?? {});
  },
  async update(clients, properties) {
    const { DeleteRolePolicyCommand, GetRoleCommand, ListRolePoliciesCommand, UpdateAssumeRolePolicyCommand } = await import("@aws-sdk/client-iam");
    const client = await clients.iam();
    const RoleName = text(properties, "RoleName");
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(properties["AssumeRolePolicyDocument"]) }));
    const kept = policiesOf(properties).map(({ PolicyName }) => PolicyName);
    const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames.filter((name) => !kept.includes(name))) await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await putPolicies(clients, properties);
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    return attributes(Role ?? {});
  },
  async remove(clients, properties) {
    const { DeleteRoleCommand, DeleteRolePolicyCommand, ListRolePoliciesCommand } = await import("@aws-sdk/client-iam");
    const client = await clients.iam();
    const RoleName = text(properties, "RoleName");
    await unlessMissing((async () => {
      const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames) await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await client.send(new DeleteRoleCommand({ RoleName }));
    })());
  },
};

/** The tag comes last: a role that was left half made is found not to be current, and is completed. */
async function putPolicies(clients: Parameters<ResourceKind["create"]>[0], properties: Properties): Promise<void> {
  const { PutRolePolicyCommand, TagRoleCommand } = await import("@aws-sdk/client-iam");
  const client = await clients.iam();
  const RoleName = text(properties, "RoleName");
  for (const { PolicyName, PolicyDocument } of policiesOf(properties)) {
    await client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) }));
  }
  await client.send(new TagRoleCommand({ RoleName, Tags: tagsOf(properties) }));
}
