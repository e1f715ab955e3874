import { fromBase64, fromUtf8, sdkStreamMixin, streamCollector, toBase64, toUtf8 } from "@smithy/core/serde";

/**
 * The coders the SDK's protocol classes want. No endpoint: they run back to front here, so nothing is addressed.
 */
export const serde = {
  base64Decoder: fromBase64,
  base64Encoder: toBase64,
  utf8Decoder: fromUtf8,
  utf8Encoder: toUtf8,
  streamCollector,
  sdkStreamMixin,
  disableHostPrefix: true,
  endpoint: () => Promise.resolve(undefined),
};
