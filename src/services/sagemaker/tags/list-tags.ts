import { operation } from "../context.ts";
import { aboutTags, requireResource } from "./resource.ts";
import { tagList } from "./tags.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTags.html: pages hold at least 50, so there is always one. */
export const listTags = operation("ListTags", {
  authorize: (input, context) => aboutTags(context, input.ResourceArn),
  handle: (input, context) => ({ Tags: tagList(context.tags.get(requireResource(context, input.ResourceArn))) }),
});
