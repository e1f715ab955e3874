import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { functionKey } from "../function/function.ts";
import { describeUrl, newUrlId, type UrlRecord } from "./function-url.ts";
import { refuseStreaming, requireUrlFunction, urlAccess } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html */
export const createFunctionUrlConfig = operation("CreateFunctionUrlConfig", {
  authorize: (input, context) => urlAccess("lambda:CreateFunctionUrlConfig", input, context),
  handle: (input, context) => {
    const fn = requireUrlFunction(input, context);
    refuseStreaming(input.InvokeMode);
    if (fn.urlId !== undefined) throw errors.urlExists(fn.arn);
    const now = context.clock.now();
    const url: UrlRecord = {
      id: newUrlId(context.random), functionKey: functionKey(fn), functionArn: fn.arn, region: fn.region,
      authType: input.AuthType ?? "AWS_IAM", created: now, modified: now, ...(input.Cors === undefined ? {} : { cors: input.Cors }),
    };
    context.transaction(() => {
      context.urls.put(url.id, url);
      context.functions.put(functionKey(fn), { ...fn, urlId: url.id });
    });
    return describeUrl(url, context.publicEndpoint());
  },
});
