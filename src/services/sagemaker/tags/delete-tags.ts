import { operation } from "../context.ts";
import { requireResource } from "./resource.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTags.html */
export const deleteTags = operation("DeleteTags", {
  authorize: (input, context) => [{
    action: "sagemaker:DeleteTags", resource: input.ResourceArn ?? "", conditions: { "aws:TagKeys": input.TagKeys ?? [] }, resourceTags: context.tags.get(input.ResourceArn ?? ""),
  }],
  handle: (input, context) => {
    context.tags.remove(requireResource(context, input.ResourceArn), input.TagKeys ?? []);
    return {};
  },
});
