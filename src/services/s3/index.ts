import type { ServiceDefinition } from "../../wire/service.ts";
import { corsHeaders, type CorsQuestion } from "./bucket/cors-rules.ts";
import { createCurrentPolicies, type PrincipalDirectory } from "./bucket/policy-principals.ts";
import type { BucketRecord } from "./bucket/record.ts";
import { openContents } from "./content/contents.ts";
import type { S3State } from "./context.ts";
import { objects } from "./migrations/0001-objects.ts";
import { openUploads } from "./multipart/record.ts";
import { openObjects } from "./object/record.ts";

export type { S3State } from "./context.ts";
export type { CorsQuestion } from "./bucket/cors-rules.ts";

/** What the composition gives S3 beside the common. */
export interface S3Ports {
  readonly principals: PrincipalDirectory;
  readonly lenient: boolean;
}

export const s3: ServiceDefinition<S3State, S3Ports> = {
  id: "s3",
  loadSdk: () => import("@aws-sdk/client-s3"),
  migrations: [objects],
  start({ store, log, random, principals, lenient }) {
    const contents = openContents({ store, log, random });
    const state: S3State = {
      buckets: store.collection<BucketRecord>("s3_buckets"), objects: openObjects(store), uploads: openUploads(store), contents,
      principals, currentPolicy: createCurrentPolicies(principals), lenient,
    };
    return {
      state,
      operations: async () => (await import("./operations.ts")).s3Operations,
      ready: async () => {
        const removed = await contents.sweep();
        if (removed > 0) log.info("removed files that an earlier end of the server left behind", { removed });
      },
      stop: async () => undefined,
    };
  },
};

/**
 * What a bucket's own CORS rules answer to a page of another origin, as response headers in lower case; undefined when they
 * do not allow it, or there is no such bucket or rule. For the guard that keeps web pages out.
 */
export function bucketCors({ buckets }: S3State, bucket: string, question: CorsQuestion): Readonly<Record<string, string>> | undefined {
  const rules = buckets.get(bucket)?.cors;
  return rules && corsHeaders(rules, question);
}
