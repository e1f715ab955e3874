import { operation } from "../context.ts";
import { requireResource } from "./resource.ts";
import { tagConditions, tagList } from "./tags.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html */
export const addTags = operation("AddTags", {
  authorize: (input, context) => [{
    action: "sagemaker:AddTags", resource: input.ResourceArn ?? "", conditions: tagConditions(input.Tags), resourceTags: context.tags.get(input.ResourceArn ?? ""),
  }],
  handle: (input, context) => {
    const arn = requireResource(context, input.ResourceArn);
    return { Tags: tagList(context.tags.add(arn, input.Tags ?? [])) };
  },
});
