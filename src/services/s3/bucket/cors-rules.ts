import type { CorsRule } from "./record.ts";

export interface CorsQuestion {
  /** The `Origin` header. */
  readonly origin: string;
  /** The request's own method, or `Access-Control-Request-Method`. */
  readonly method: string;
  /** The names in `Access-Control-Request-Headers`; none for an actual request. */
  readonly headers?: readonly string[];
}

/** `https://*.example.com`: one `*` stands for anything. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

/**
 * The first rule that allows the question, as the headers of the answer in lower case; undefined when none does.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function corsHeaders(rules: readonly CorsRule[], { origin, method, headers = [] }: CorsQuestion): Readonly<Record<string, string>> | undefined {
  const rule = rules.find((each) =>
    each.AllowedOrigins.some((pattern) => fits(pattern, origin)) && each.AllowedMethods.includes(method) &&
    headers.every((header) => each.AllowedHeaders?.some((pattern) => fits(pattern.toLowerCase(), header.toLowerCase()))));
  if (!rule) return undefined;
  const everybody = rule.AllowedOrigins.includes("*");
  return {
    "access-control-allow-origin": everybody ? "*" : origin,
    "access-control-allow-methods": rule.AllowedMethods.join(", "),
    ...(headers.length > 0 ? { "access-control-allow-headers": headers.join(", ") } : {}),
    ...(rule.ExposeHeaders?.length ? { "access-control-expose-headers": rule.ExposeHeaders.join(", ") } : {}),
    ...(rule.MaxAgeSeconds === undefined ? {} : { "access-control-max-age": String(rule.MaxAgeSeconds) }),
    ...(everybody ? {} : { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}
