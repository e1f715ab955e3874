import { operation } from "../context.ts";
import { describeUrlWithChange, type UrlRecord } from "./function-url.ts";
import { refuseStreaming, requireUrl, urlAccess } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionUrlConfig.html */
export const updateFunctionUrlConfig = operation("UpdateFunctionUrlConfig", {
  authorize: (input, context) => urlAccess("lambda:UpdateFunctionUrlConfig", input, context),
  handle: (input, context) => {
    const { url } = requireUrl(input, context);
    refuseStreaming(input.InvokeMode);
    const next: UrlRecord = { ...url, authType: input.AuthType ?? url.authType, modified: context.clock.now(), ...(input.Cors === undefined ? {} : { cors: input.Cors }) };
    context.urls.put(url.id, next);
    return describeUrlWithChange(next, context.publicEndpoint());
  },
});
