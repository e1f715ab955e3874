import { resolve } from "node:path";
import { z } from "zod";

/** What a person may say: `serve`'s flags, `startCloud`'s options. Everything is optional. */
export interface GivenOptions {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly rootKeys?: "test" | "generated" | undefined;
  readonly durability?: "process" | "full" | undefined;
  readonly lenient?: boolean | undefined;
}

/** The options as the cloud uses them: defaulted, checked, frozen. */
export interface CloudOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly account: string;
  readonly region: string;
  readonly rootKeys: "test" | "generated";
  readonly durability: "process" | "full";
  readonly lenient: boolean;
}

/** Options that cannot be used, one sentence each. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

export const DEFAULT_PORT = 4566;
export const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "localhost", "::1"];

const schema = z.strictObject({
  port: z.number().int().min(0).max(65535).default(DEFAULT_PORT),
  host: z.string().min(1).default("127.0.0.1"),
  data: z.string().min(1).default(".sagebrush"),
  account: z.string().regex(/^\d{12}$/, "must be twelve digits").default("000000000000"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region's name such as us-east-1").default("us-east-1"),
  rootKeys: z.enum(["test", "generated"]).default("test"),
  durability: z.enum(["process", "full"]).default("process"),
  lenient: z.boolean().default(false),
});

/** Checks and completes options. Throws OptionsError naming every option that is wrong. */
export function compileOptions(given: GivenOptions): CloudOptions {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const parsed = schema.safeParse(known);
  if (!parsed.success) {
    throw new OptionsError(parsed.error.issues.map((issue) => `--${issue.path.join(".") || "options"}: ${issue.message}`).join("\n"));
  }
  const { data, ...rest } = parsed.data;
  if (!LOOPBACK_HOSTS.includes(rest.host) && rest.rootKeys === "test") {
    throw new OptionsError(`--host ${rest.host} can be reached by others, and everybody knows test/test: add --root-keys generated.`);
  }
  return Object.freeze({ ...rest, dataFolder: resolve(data) });
}
