import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireModel } from "./model.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteModel.html: endpoints that serve it keep serving. */
export const deleteModel = operation("DeleteModel", {
  authorize: (input, context) => [aboutResource(context, "model", input.ModelName)],
  handle: (input, context) => {
    const model = requireModel(context, input.ModelName ?? "");
    context.models.delete(keyOf(context, model.name));
    context.tags.forget(model.arn);
    return {};
  },
});
