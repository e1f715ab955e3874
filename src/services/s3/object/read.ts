import type { ByteRange } from "../content/content.ts";
import type { S3Context } from "../context.ts";
import { refuseUnsupported } from "../refusals.ts";
import { checkOverrides, selectRange, type ReadInput } from "./answer.ts";
import { checkRead, type ReadConditions } from "./conditions.ts";
import type { NamesObject } from "./read-access.ts";
import type { ObjectRecord } from "./record.ts";
import { requireObject } from "./require.ts";

/** What GetObject and HeadObject ask of an object before they answer: that it is there, as wanted, with the range. Throws S3's refusals. */
export function selectObject(input: NamesObject & ReadInput & ReadConditions, context: S3Context): { readonly record: ObjectRecord; readonly range: ByteRange | undefined } {
  const { Bucket: bucket = "", Key: key = "" } = input;
  refuseUnsupported(input, context);
  checkOverrides(input, context);
  const record = requireObject(context, { bucket, key, versionId: input.VersionId });
  checkRead(input, record);
  return { record, range: selectRange(input, record, context) };
}
