/** A job without a stopping condition may run for a day. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html */
export const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;
/** A machine has its role's credentials as environment variables for as long as STS gives any: AWS renews them instead. */
export const MACHINE_SESSION_SECONDS = 43_200;
