import { SECOND } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireNotebook } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html: twelve hours. */
const DEFAULT_SESSION_SECONDS = 43_200;

export const createPresignedNotebookInstanceUrl = operation("CreatePresignedNotebookInstanceUrl", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance", input.NotebookInstanceName)],
  handle: (input, context) => {
    const { name, arn, status } = requireNotebook(context, input.NotebookInstanceName);
    const url = context.house.presign(keyOf(context, name), (input.SessionExpirationDurationInSeconds ?? DEFAULT_SESSION_SECONDS) * SECOND);
    if (url === undefined) throw errors.invalid(`Status (${status}) not in ([InService]). Unable to create a presigned URL for Notebook Instance (${arn})`);
    return { AuthorizedUrl: url };
  },
});
