import { operation } from "../context.ts";
import { aboutTags, requireResource } from "./resource.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTags.html */
export const deleteTags = operation("DeleteTags", {
  authorize: (input, context) => aboutTags(context, input.ResourceArn, { "aws:TagKeys": input.TagKeys ?? [] }),
  handle: (input, context) => {
    context.tags.remove(requireResource(context, input.ResourceArn), input.TagKeys ?? []);
    return {};
  },
});
