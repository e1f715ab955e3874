import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { DEFAULT_PAGE } from "../limits.ts";
import { describeFunction } from "./configuration.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html: in the order of their names, 50 a page at most. */
export const listFunctions = operation("ListFunctions", {
  authorize: () => [{ action: "lambda:ListFunctions", resource: "*" }],
  handle: ({ MaxItems, Marker, MasterRegion }, { functions, account, region }) => {
    const prefix = `${account}/${region}/`;
    if (MasterRegion !== undefined && MasterRegion !== "ALL" && MasterRegion !== region) return { Functions: [] };
    const limit = Math.min(MaxItems ?? DEFAULT_PAGE, DEFAULT_PAGE);
    const after = Marker === undefined ? undefined : readMarker(Marker, prefix);
    const found = functions.values({ prefix, limit: limit + 1, ...(after === undefined ? {} : { after }) });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      Functions: page.map(describeFunction),
      ...(found.length > limit && last !== undefined ? { NextMarker: Buffer.from(last.name).toString("base64") } : {}),
    };
  },
});

function readMarker(marker: string, prefix: string): string {
  const name = Buffer.from(marker, "base64").toString();
  if (!/^[a-zA-Z0-9-_]+$/.test(name)) throw errors.invalid("Invalid Marker");
  return prefix + name;
}
