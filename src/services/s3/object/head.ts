import { operation } from "../context.ts";
import { describeAnswer } from "./answer.ts";
import { readAccess } from "./read-access.ts";
import { selectObject } from "./read.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject = operation("HeadObject", {
  authorize: (input, context) => readAccess(input, context),
  handle: (input, context) => {
    const { record, range } = selectObject(input, context);
    return describeAnswer(input, record, range);
  },
});
