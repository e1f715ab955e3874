import { uniqueId } from "../../../shared/ids.ts";
import { keyOf, operation } from "../context.ts";
import { requireDocument } from "../documents.ts";
import { errors } from "../errors.ts";
import { askArn, iamArn } from "../identity.ts";
import { countedCharacters, MANAGED_POLICY_CHARACTERS, UNIQUE_ID_LENGTH } from "../limits.ts";
import type { PolicyRecord } from "../records.ts";
import { addTags, tagConditions } from "../tags/tags.ts";
import { describePolicy, storePolicy } from "./policy.ts";

const arnOf = (account: string, { PolicyName = "", Path = "/" }: { readonly PolicyName?: string | undefined; readonly Path?: string | undefined }): string =>
  iamArn(account, `policy${Path}${PolicyName}`);

/** A managed policy's document. Throws MalformedPolicyDocument and LimitExceeded. */
export function requireManagedDocument(text: string | undefined): string {
  const document = requireDocument(text, "managed");
  if (countedCharacters(document) > MANAGED_POLICY_CHARACTERS) throw errors.quotaExceeded("PolicySize", MANAGED_POLICY_CHARACTERS);
  return document;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const createPolicy = operation("CreatePolicy", {
  authorize: (input, { account }) => askArn("CreatePolicy", arnOf(account, input), tagConditions(input.Tags)),
  handle: (input, context) => {
    const { account, policies, clock, random } = context;
    const name = input.PolicyName ?? "";
    const document = requireManagedDocument(input.PolicyDocument);
    if (policies.has(keyOf(account, name))) throw errors.policyExists(name);
    const created = clock.now();
    const policy: PolicyRecord = {
      name, path: input.Path ?? "/", id: uniqueId(random, "ANPA", UNIQUE_ID_LENGTH), arn: arnOf(account, input), created, updated: created,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      versions: [{ id: "v1", document, created }], defaultVersionId: "v1", nextVersion: 2, tags: addTags({}, input.Tags),
    };
    storePolicy(context, policy);
    return { Policy: describePolicy(context, policy) };
  },
});
