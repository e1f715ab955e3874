import type { Cors, FunctionUrlConfig } from "@aws-sdk/client-lambda";
import type { Instant } from "../../../base/instant.ts";
import type { Random } from "../../../shared/random.ts";

/** A function's own HTTP address. */
export interface UrlRecord {
  readonly id: string;
  /** Key of the function's record. */
  readonly functionKey: string;
  readonly functionArn: string;
  readonly region: string;
  readonly authType: "NONE" | "AWS_IAM";
  readonly cors?: Cors;
  readonly created: Instant;
  readonly modified: Instant;
}

const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567";
const ID_LENGTH = 32;

export const newUrlId = (random: Random): string => [...random.bytes(ID_LENGTH)].map((byte) => ID_CHARACTERS[byte % ID_CHARACTERS.length]).join("");

export const urlHost = ({ id, region }: Pick<UrlRecord, "id" | "region">): string => `${id}.lambda-url.${region}.localhost`;

/** The id and Region in a `Host` header; undefined when it is no function URL's. */
export function parseUrlHost(host: string): { readonly id: string; readonly region: string } | undefined {
  const match = /^([a-z0-9]+)\.lambda-url\.([a-z0-9-]+)\.localhost(?::\d+)?$/i.exec(host);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { id: match[1].toLowerCase(), region: match[2].toLowerCase() };
}

/** `http://<id>.lambda-url.<region>.localhost:<port>/`: names under localhost are this machine's for browsers, curl and Node. */
export const urlAddress = (url: Pick<UrlRecord, "id" | "region">, publicEndpoint: string): string => {
  const { protocol, port } = new URL(publicEndpoint);
  return `${protocol}//${urlHost(url)}${port === "" ? "" : `:${port}`}/`;
};

type UrlDescription = Omit<FunctionUrlConfig, "LastModifiedTime">;

export const describeUrl = (url: UrlRecord, publicEndpoint: string): UrlDescription => ({
  FunctionUrl: urlAddress(url, publicEndpoint),
  FunctionArn: url.functionArn,
  AuthType: url.authType,
  ...(url.cors === undefined ? {} : { Cors: url.cors }),
  CreationTime: new Date(url.created).toISOString(),
  InvokeMode: "BUFFERED",
});

export const describeUrlWithChange = (url: UrlRecord, publicEndpoint: string): FunctionUrlConfig => ({
  ...describeUrl(url, publicEndpoint),
  LastModifiedTime: new Date(url.modified).toISOString(),
});
