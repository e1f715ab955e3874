import type { QueryDefinition } from "@aws-sdk/client-cloudwatch-logs";
import type { Instant } from "../../../base/instant.ts";
import type { ExampleContext } from "../context.ts";
import { errors } from "../errors.ts";

/** A saved query as it is stored: plain JSON. */
export interface QueryRecord {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly logGroups: readonly string[];
  readonly modified: Instant;
  /** The `clientToken` that it was made with: the same request sent again makes no second one. */
  readonly token: string | undefined;
}

/** What a caller may change. */
export type QueryContent = Pick<QueryRecord, "name" | "text" | "logGroups">;

type Place = Pick<ExampleContext, "account" | "region">;

export const prefixOf = ({ account, region }: Place): string => `${account}/${region}/`;
export const keyOf = (place: Place, id: string): string => prefixOf(place) + id;

/** The record after a change. AWS replaces everything: log groups that are not given again are gone (API_PutQueryDefinition). */
export const changed = (query: QueryRecord, content: QueryContent, now: Instant): QueryRecord =>
  ({ ...query, ...content, modified: now });

export function requireQuery(context: Place & Pick<ExampleContext, "queries">, id: string): QueryRecord {
  const query = context.queries.get(keyOf(context, id));
  if (query === undefined) throw errors.noSuchQuery(id);
  return query;
}

/** As clients see it. */
export const describe = ({ id, name, text, logGroups, modified }: QueryRecord): QueryDefinition =>
  ({ queryDefinitionId: id, name, queryString: text, logGroupNames: [...logGroups], lastModified: modified, queryLanguage: "CWLI" });
