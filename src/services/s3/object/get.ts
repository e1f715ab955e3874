import { Readable } from "node:stream";
import { whole } from "../content/content.ts";
import { operation } from "../context.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkOverrides, describeAnswer, selectRange } from "./answer.ts";
import { checkRead } from "./conditions.ts";
import { readAccess } from "./read-access.ts";
import { requireObject } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject = operation("GetObject", {
  authorize: (input, context) => readAccess(input, context),
  handle: (input, context) => {
    const { Bucket: bucket = "", Key: key = "" } = input;
    refuseUnsupported(input, context);
    checkOverrides(input, context);
    const record = requireObject(context, { bucket, key, versionId: input.VersionId });
    checkRead(input, record);
    const range = selectRange(input, record, context);
    const body = context.contents.read(record.content, range ?? whole(record.size));
    // The wire writes bytes in one piece; other services are given a stream always, so that they have one case only.
    const stream = body instanceof Uint8Array && !context.http ? Readable.from([body], { objectMode: false }) : body;
    return { ...describeAnswer(input, record, range), Body: stream as never };
  },
});
