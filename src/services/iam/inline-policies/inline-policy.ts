import type { IamContext, Noun } from "../context.ts";
import { encodeDocument, requireDocument } from "../documents.ts";
import { errors } from "../errors.ts";
import { requireIdentity, updateIdentity } from "../identity.ts";
import { countedCharacters, INLINE_POLICIES_CHARACTERS } from "../limits.ts";
import { page } from "../paging.ts";

interface Owner {
  readonly noun: Noun;
  readonly name: string | undefined;
}
interface Inline extends Owner {
  readonly policyName: string | undefined;
}

/** Throws NoSuchEntity, MalformedPolicyDocument, and LimitExceeded when all inline policies together get too long. */
export function putInline(context: IamContext, { noun, name, policyName = "" }: Inline, text: string | undefined): Record<string, never> {
  requireIdentity(context, noun, name);
  const document = requireDocument(text, "inline");
  updateIdentity(context, { noun, name }, (record) => {
    const inlinePolicies = { ...record.inlinePolicies, [policyName]: document };
    const characters = Object.values(inlinePolicies).reduce((sum, each) => sum + countedCharacters(each), 0);
    const limit = INLINE_POLICIES_CHARACTERS[noun];
    if (characters > limit) throw errors.inlinePoliciesTooLong(noun, record.name, limit);
    return { ...record, inlinePolicies };
  });
  return {};
}

export function getInline(context: IamContext, { noun, name, policyName = "" }: Inline) {
  const record = requireIdentity(context, noun, name);
  // Names like `constructor` are found on every object.
  const document = Object.hasOwn(record.inlinePolicies, policyName) ? record.inlinePolicies[policyName] : undefined;
  if (document === undefined) throw errors.noSuchInlinePolicy(noun, policyName);
  return { owner: record.name, policyName, document: encodeDocument(document) };
}

export function listInline(
  context: IamContext,
  { noun, name }: Owner,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
) {
  const { items, paging } = page(Object.keys(requireIdentity(context, noun, name).inlinePolicies), input, (policyName) => policyName);
  return { PolicyNames: items, ...paging };
}

export function deleteInline(context: IamContext, { noun, name, policyName = "" }: Inline): Record<string, never> {
  updateIdentity(context, { noun, name }, (record) => {
    if (!Object.hasOwn(record.inlinePolicies, policyName)) throw errors.noSuchInlinePolicy(noun, policyName);
    const { [policyName]: _gone, ...inlinePolicies } = record.inlinePolicies;
    return { ...record, inlinePolicies };
  });
  return {};
}
