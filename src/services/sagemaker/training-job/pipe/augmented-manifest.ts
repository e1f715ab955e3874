import { parseS3Uri } from "../../validate.ts";
import type { PipeItem } from "./stream.ts";

/** An attribute whose value is the address of its content. */
const REFERENCE = "-ref";

/**
 * The lines of an augmented manifest, each as what its attributes stream in the order of AttributeNames: the object that a `…-ref` names, the text of any other value.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/augmented-manifest.html
 * Deviates from AWS, which leaves out lines that do not fit, so that an algorithm finds an empty pipe: they fail the job with their number.
 */
export function augmentedLines(text: string, { uri, attributes }: { readonly uri: string; readonly attributes: readonly string[] }): readonly (readonly PipeItem[])[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => line.trim() !== "");
  if (lines.length === 0) throw new Error(`The augmented manifest ${uri} has no lines.`);
  return lines.map(({ line, number }) => {
    const wrong = (what: string): Error => new Error(`Line ${number} of the augmented manifest ${uri} ${what}.`);
    const values = parseLine(line);
    if (values === undefined) throw wrong("is not a JSON object");
    return attributes.map((name) => {
      const value = values[name];
      if (value === undefined) throw wrong(`has no attribute ${name}; the value of AttributeNames must match its attributes' names`);
      if (!name.endsWith(REFERENCE)) return { kind: "bytes", bytes: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) };
      if (typeof value !== "string" || !/^s3:\/\/[^/]+\/./.test(value)) throw wrong(`has for ${name} no S3 URI of an object`);
      return { kind: "object", ...parseS3Uri(value) };
    });
  });
}

/** Numbers keep the digits that the file has. */
function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const keep = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
      typeof value === "number" && context?.source !== undefined ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context.source) : value;
    const parsed: unknown = JSON.parse(line, keep as Parameters<typeof JSON.parse>[1]);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed as Readonly<Record<string, unknown>> : undefined;
  } catch {
    return undefined;
  }
}
