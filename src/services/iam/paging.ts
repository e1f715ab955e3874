import { errors } from "./errors.ts";
import { PAGE_ITEMS } from "./limits.ts";

interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One page of a list in the order of its keys; the marker names the last item given, so that changes between pages do no harm. */
export function page<T>(items: readonly T[], { Marker, MaxItems = PAGE_ITEMS }: PageInput, keyOf: (item: T) => string): {
  readonly items: T[]; readonly paging: { readonly IsTruncated: boolean; readonly Marker?: string };
} {
  const sorted = [...items].sort((one, other) => compare(keyOf(one), keyOf(other)));
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const rest = after === undefined ? sorted : sorted.filter((item) => compare(keyOf(item), after) > 0);
  const given = rest.slice(0, MaxItems);
  const last = given.at(-1);
  return {
    items: given,
    paging: rest.length > given.length && last !== undefined
      ? { IsTruncated: true, Marker: Buffer.from(keyOf(last)).toString("base64url") }
      : { IsTruncated: false },
  };
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function readMarker(marker: string): string {
  const text = Buffer.from(marker, "base64url").toString();
  if (Buffer.from(text).toString("base64url") !== marker) throw errors.invalidMarker();
  return text;
}
