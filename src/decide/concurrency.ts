/** The concurrency of one account and Region at a moment. */
export interface ConcurrencyState {
  /** Invocations that run now, of all functions. */
  readonly running: number;
}

export interface ConcurrencyLimits {
  /** The account's quota. */
  readonly account: number;
}

export type Admission =
  | { readonly kind: "admitted" }
  | { readonly kind: "throttled"; readonly reason: "ConcurrentInvocationLimitExceeded" };

/**
 * Whether one more invocation may run: the account's quota, and nothing else yet (reserved and provisioned concurrency,
 * scaling and request rates have no operations here). https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export const decideAdmission = (state: ConcurrencyState, limits: ConcurrencyLimits): Admission =>
  state.running < limits.account ? { kind: "admitted" } : { kind: "throttled", reason: "ConcurrentInvocationLimitExceeded" };
