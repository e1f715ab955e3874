import { operation } from "../context.ts";
import { ACCOUNT_CONCURRENCY, MAX_DIRECT_ZIP_BYTES, MAX_UNZIPPED_BYTES, TOTAL_CODE_BYTES } from "../limits.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export const getAccountSettings = operation("GetAccountSettings", {
  authorize: () => [{ action: "lambda:GetAccountSettings", resource: "*" }],
  handle: (_input, { functions, account, region }) => {
    const all = functions.values({ prefix: `${account}/${region}/` });
    return {
      AccountLimit: {
        TotalCodeSize: TOTAL_CODE_BYTES, CodeSizeUnzipped: MAX_UNZIPPED_BYTES, CodeSizeZipped: MAX_DIRECT_ZIP_BYTES,
        ConcurrentExecutions: ACCOUNT_CONCURRENCY, UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY,
      },
      AccountUsage: { TotalCodeSize: all.reduce((sum, { code }) => sum + code.bytes, 0), FunctionCount: all.length },
    };
  },
});
