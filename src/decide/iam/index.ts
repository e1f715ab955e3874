export { checkPolicyDocument, type PolicyKind } from "./check.ts";
export { invalidPrincipal } from "./check-grant.ts";
export { createPolicyCache, compilePolicy, type CompiledPolicy } from "./compile.ts";
export { contextOf, type ConditionContext } from "./context.ts";
export { evaluate, type AccessQuestion, type Decision, type NamedPolicy, type PolicySet, type PolicyType } from "./evaluate.ts";
export { explainDenial } from "./explain.ts";
export type { Caller } from "./principals.ts";
