import { toDate } from "../../../base/instant.ts";
import { aboutAll } from "../access.ts";
import { prefixOf } from "../arns.ts";
import { operation } from "../context.ts";
import { pageOf } from "../paging.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpoints.html */
export const listEndpoints = operation("ListEndpoints", {
  authorize: (_input, context) => aboutAll(context),
  handle: (input, context) => {
    const records = context.endpoints.values({ prefix: prefixOf(context) })
      .filter((endpoint) => input.StatusEquals === undefined || endpoint.status === input.StatusEquals);
    const { page, next } = pageOf(records, input, {
      order: "Descending", sortBy: (endpoint) => (input.SortBy === "Name" ? endpoint.name : input.SortBy === "Status" ? endpoint.status : endpoint.createdAt),
    });
    return {
      Endpoints: page.map(({ name, arn, createdAt, modifiedAt, status }) => ({
        EndpointName: name, EndpointArn: arn, CreationTime: toDate(createdAt), LastModifiedTime: toDate(modifiedAt), EndpointStatus: status,
      })),
      ...next,
    };
  },
});
