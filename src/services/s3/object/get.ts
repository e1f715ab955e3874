import { Readable } from "node:stream";
import { whole } from "../content/content.ts";
import { operation } from "../context.ts";
import { describeAnswer } from "./answer.ts";
import { readAccess } from "./read-access.ts";
import { selectObject } from "./read.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject = operation("GetObject", {
  authorize: (input, context) => readAccess(input, context),
  handle: (input, context) => {
    const { record, range } = selectObject(input, context);
    const body = context.contents.read(record.content, range ?? whole(record.size));
    // The wire writes bytes in one piece; other services are given a stream always, so that they have one case only.
    const stream = body instanceof Uint8Array && !context.http ? Readable.from([body], { objectMode: false }) : body;
    return { ...describeAnswer(input, record, range), Body: stream as never };
  },
});
