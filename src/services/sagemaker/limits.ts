/** A job without a stopping condition may run for a day. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html */
export const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;
