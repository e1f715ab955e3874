import { SECOND, type Milliseconds } from "../../base/instant.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html */
export const MAX_BODY_BYTES = 6_291_456;
/** A container has this long to answer. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
export const ANSWER_LIMIT: Milliseconds = 60 * SECOND;
