import type { Cors } from "@aws-sdk/client-lambda";

type Header = readonly [string, string];

const allows = (list: readonly string[] | undefined, value: string): boolean => list?.some((each) => each === "*" || each.toLowerCase() === value.toLowerCase()) ?? false;

/** The headers that a URL's CORS settings add for a page of this origin; none when it is not allowed. https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html */
export function corsHeaders(cors: Cors | undefined, origin: string | undefined): readonly Header[] {
  if (cors === undefined || origin === undefined || !allows(cors.AllowOrigins, origin)) return [];
  return [
    ["access-control-allow-origin", cors.AllowOrigins?.includes("*") && cors.AllowCredentials !== true ? "*" : origin],
    ["vary", "Origin"],
    ...(cors.AllowCredentials === true ? [["access-control-allow-credentials", "true"] as const] : []),
    ...((cors.ExposeHeaders?.length ?? 0) > 0 ? [["access-control-expose-headers", (cors.ExposeHeaders ?? []).join(",")] as const] : []),
  ];
}

/** The answer to a preflight, given by the URL itself and never by the function; undefined when this is none that CORS answers. */
export function preflightHeaders(cors: Cors | undefined, method: string, headers: Readonly<Record<string, string>>): readonly Header[] | undefined {
  const wanted = headers["access-control-request-method"];
  if (method !== "OPTIONS" || cors === undefined || wanted === undefined) return undefined;
  const common = corsHeaders(cors, headers["origin"]);
  if (common.length === 0 || !allows(cors.AllowMethods, wanted)) return [];
  return [
    ...common,
    ["access-control-allow-methods", (cors.AllowMethods ?? []).join(",")],
    ...((cors.AllowHeaders?.length ?? 0) > 0 ? [["access-control-allow-headers", (cors.AllowHeaders ?? []).join(",")] as const] : []),
    ...(cors.MaxAge === undefined ? [] : [["access-control-max-age", String(cors.MaxAge)] as const]),
  ];
}
