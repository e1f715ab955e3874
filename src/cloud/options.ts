import { resolve } from "node:path";
import { parseQuotas, QUOTAS_FORM } from "../catalogue/quotas.ts";
import { parsePythons, PYTHONS_FORM } from "../runtimes/named-pythons.ts";
import { parseSpotMarket, SPOT_FORM } from "../decide/training/index.ts";

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
  readonly quotas?: string | undefined;
  readonly spot?: string | undefined;
  readonly python?: string | undefined;
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
  /** As `parseQuotas` reads it. */
  readonly quotas: string;
  /** As `parseSpotMarket` reads it. */
  readonly spot: string;
  /** As `parsePythons` reads it. */
  readonly python: string;
}

/** Options that cannot be used, one sentence each. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

export const DEFAULT_PORT = 4566;
export const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "localhost", "::1"];

/** What an option must be, in the words that follow its name. Written by hand: zod costs `serve` 40 ms and 14 MiB at start. */
interface Rule {
  readonly fallback: string | number | boolean;
  readonly holds: (value: unknown) => boolean;
  readonly must: string;
}

const text = (pattern: RegExp, must: string, fallback: string): Rule => ({ fallback, must, holds: (value) => typeof value === "string" && pattern.test(value) });
const oneOf = (values: readonly [string, ...string[]]): Rule => ({ fallback: values[0], must: `must be ${values.join(" or ")}`, holds: (value) => values.includes(value as string) });

const RULES: Readonly<Record<keyof GivenOptions, Rule>> = {
  port: { fallback: DEFAULT_PORT, must: "must be a whole number from 0 to 65535", holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535 },
  host: text(/./, "must not be empty", "127.0.0.1"),
  data: text(/./, "must not be empty", ".sagebrush"),
  account: text(/^\d{12}$/, "must be twelve digits", "000000000000"),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region's name such as us-east-1", "us-east-1"),
  rootKeys: oneOf(["test", "generated"]),
  durability: oneOf(["process", "full"]),
  lenient: { fallback: false, must: "must be true or false", holds: (value) => typeof value === "boolean" },
  quotas: { fallback: "", must: `must be ${QUOTAS_FORM}`, holds: (value) => typeof value === "string" && parseQuotas(value) !== undefined },
  spot: { fallback: "", must: `must be ${SPOT_FORM}`, holds: (value) => typeof value === "string" && parseSpotMarket(value) !== undefined },
  python: { fallback: "", must: `must be ${PYTHONS_FORM}`, holds: (value) => typeof value === "string" && parsePythons(value) !== undefined },
};

/** Checks and completes options. Throws OptionsError naming every option that is wrong. */
export function compileOptions(given: GivenOptions): CloudOptions {
  const wrong = Object.keys(given).filter((name) => !Object.hasOwn(RULES, name)).map((name) => `--${name}: there is no such option`);
  const values = Object.fromEntries(Object.entries(RULES).map(([name, { fallback, holds, must }]) => {
    const value = given[name as keyof GivenOptions] ?? fallback;
    if (!holds(value)) wrong.push(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${must}`);
    return [name, value];
  })) as unknown as Required<{ [Name in keyof GivenOptions]: NonNullable<GivenOptions[Name]> }>;
  if (wrong.length > 0) throw new OptionsError(wrong.join("\n"));
  const { data, ...rest } = values;
  if (!LOOPBACK_HOSTS.includes(rest.host) && rest.rootKeys === "test") {
    throw new OptionsError(`--host ${rest.host} can be reached by others, and everybody knows test/test: add --root-keys generated.`);
  }
  return Object.freeze({ ...rest, dataFolder: resolve(data) });
}
