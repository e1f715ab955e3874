import { operation } from "../context.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkOverrides, describeAnswer, selectRange } from "./answer.ts";
import { checkRead } from "./conditions.ts";
import { readAccess } from "./read-access.ts";
import { requireObject } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject = operation("HeadObject", {
  authorize: (input, context) => readAccess(input, context),
  handle: (input, context) => {
    const { Bucket: bucket = "", Key: key = "" } = input;
    refuseUnsupported(input, context);
    checkOverrides(input, context);
    const record = requireObject(context, { bucket, key, versionId: input.VersionId });
    checkRead(input, record);
    return describeAnswer(input, record, selectRange(input, record, context));
  },
});
