import { operation } from "../context.ts";
import { requireResource } from "./resource.ts";
import { tagList } from "./tags.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTags.html: at most 50 tags, so always one page. */
export const listTags = operation("ListTags", {
  authorize: (input, context) => [{ action: "sagemaker:ListTags", resource: input.ResourceArn ?? "", resourceTags: context.tags.get(input.ResourceArn ?? "") }],
  handle: (input, context) => ({ Tags: tagList(context.tags.get(requireResource(context, input.ResourceArn))) }),
});
