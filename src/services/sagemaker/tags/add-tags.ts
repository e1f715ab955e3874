import { tagConditions } from "../access.ts";
import { operation } from "../context.ts";
import { aboutTags, requireResource } from "./resource.ts";
import { checkTags, tagList } from "./tags.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html */
export const addTags = operation("AddTags", {
  authorize: (input, context) => aboutTags(context, input.ResourceArn, tagConditions(input.Tags)),
  handle: (input, context) => {
    const arn = requireResource(context, input.ResourceArn);
    checkTags(input.Tags);
    return { Tags: tagList(context.tags.add(arn, input.Tags ?? [])) };
  },
});
