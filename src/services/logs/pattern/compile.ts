import { errors } from "../errors.ts";
import { compileJsonPattern } from "./json.ts";
import { compileTerms } from "./terms.ts";

export type Matcher = (message: string) => boolean;

/**
 * A filter pattern as a function. Terms and JSON patterns; the other two forms are refused by name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function compilePattern(pattern: string): Matcher {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) return compileJsonPattern(text);
  if (text.startsWith("[")) throw errors.unsupportedPattern("space-delimited fields ([…])");
  return compileTerms(text);
}
