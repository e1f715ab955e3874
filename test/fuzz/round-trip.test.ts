import type { NormalizedSchema } from "@smithy/core/schema";
import { expect, test } from "vitest";
import { SERVICES } from "../../src/services/registry.ts";
import { seededRandom } from "../../src/shared/random.ts";
import type { OperationModel } from "../../src/wire/model.ts";
import type { ServiceId } from "../../src/wire/service.ts";
import { ServiceError } from "../../src/base/errors.ts";
import type { LoadedService } from "../../src/wire/registry.ts";
import { comparable, difference } from "./support/compare.ts";
import { KEY, startEchoCloud, type EchoCloud } from "./support/echo-cloud.ts";
import { MAKE, makeValue, type Fullness } from "./support/values.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? 20261121);

interface Client {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}
type Sdk = Readonly<Record<string, new (argument: object) => unknown>>;

const hasEventStream = (schema: NormalizedSchema): boolean =>
  schema.isStructSchema() && [...schema.structIterator()].some(([, member]) => member.isStreaming() && member.isStructSchema());

/** Operations that cannot be compared, each with its reason. */
const SKIPPED: Readonly<Record<string, string>> = {
  "s3.WriteGetObjectResponse": "goes to a host of its own",
  "s3.ListDirectoryBuckets": "is signed for s3express, another service",
  "lambda.InvokeAsync": "deprecated; its body streams, which only S3's does here",
};
/** Its client takes an answer without any member for a failure that S3 reports under status 200. */
const ONLY_FULL: ReadonlySet<string> = new Set(["s3.CompleteMultipartUpload"]);
const isSkipped = (service: ServiceId, { name, input, output }: OperationModel, fullness: Fullness): boolean =>
  `${service}.${name}` in SKIPPED || (ONLY_FULL.has(`${service}.${name}`) && fullness !== "everything") || hasEventStream(input) || hasEventStream(output);

/** Values that the clients' own middleware reads, checks or replaces, and that HTTP itself restricts. */
function override(service: ServiceId, member: string, schema: NormalizedSchema): unknown {
  if (schema.getMergedTraits()["httpResponseCode"] !== undefined) return 200;
  if (service !== "s3") return MAKE;
  if (member === "Bucket" && schema.isStringSchema()) return "bucket-of-dogs";
  if (member.endsWith("Algorithm") && schema.isStringSchema()) return "CRC32";
  // Right values only, or the body is refused: checked in test/wire/body.
  if (/^(ContentMD5|ContentLength|Checksum(?!Mode|Type|Algorithm).*|SSECustomerKey.*|CopySourceSSECustomerKey.*|ExpiresString)$/.test(member)) return undefined;
  return MAKE;
}

/** Members that a client fills in by itself. */
const INVENTED: Readonly<Partial<Record<ServiceId, RegExp>>> = {
  s3: /^(ContentLength|ContentType|ExpiresString|Checksum(?!Mode|Type|Algorithm).*)$/,
  "sagemaker-runtime": /^ContentType$/,
  lambda: /^StatusCode$/,
};

const fullnesses: readonly Fullness[] = ["everything", "required", "some"];

test.each(SERVICES.map(({ id }) => id))("what a client of %s sends arrives, and what is answered comes back, operation by operation", { timeout: 120_000 }, async (id) => {
  const random = seededRandom(SEED);
  let arrived: unknown;
  let answer: unknown;
  await using cloud = await startEchoCloud(async (_service, _operation, input) => {
    arrived = await comparable(input);
    return answer;
  }, { validate: false });
  const { service, sdk, client } = await connect(cloud, id);
  const wrong: string[] = [];
  let runs = 0;
  for (const model of service.model.operations.values()) {
    const Command = sdk[`${model.name}Command`];
    if (!Command) continue;
    for (const fullness of fullnesses) {
      if (isSkipped(id, model, fullness)) continue;
      const options = { random, fullness, override: (member: string, schema: NormalizedSchema) => override(id, member, schema) };
      const sent = model.input.isStructSchema() ? (makeValue(model.input, options) as object) : {};
      answer = model.output.isStructSchema() ? makeValue(model.output, options) : {};
      arrived = undefined;
      runs += 1;
      const place = `${id}.${model.name} (${fullness})`;
      try {
        const { $metadata: _, ...received } = await client.send(new Command(sent) as object);
        const tokens = tokensOf(model.input);
        const invented = (name: string): boolean => tokens.includes(name) || (INVENTED[id]?.test(name) ?? false);
        const inDifference = difference(without(await comparable(sent), invented), without(arrived, invented));
        if (inDifference !== undefined) wrong.push(`${place} in${inDifference}`);
        const outDifference = difference(without(await comparable(answer), invented), without(await comparable(received), invented));
        if (outDifference !== undefined) wrong.push(`${place} out${outDifference}`);
      } catch (error) {
        wrong.push(`${place} ${String(error).slice(0, 300)}`);
      }
    }
  }
  client.destroy();
  expect(wrong).toEqual([]);
  expect(cloud.failures).toEqual([]);
  expect(runs).toBeGreaterThan(0);
});

async function connect(cloud: EchoCloud, id: ServiceId): Promise<{ readonly service: LoadedService; readonly sdk: Sdk; readonly client: Client }> {
  const service = cloud.services.find((each) => each.id === id);
  const sdk = (await SERVICES.find((each) => each.id === id)?.loadSdk()) as Sdk | undefined;
  const ClientClass = sdk?.[Object.keys(sdk).find((name) => /^[A-Z]\w*Client$/.test(name)) ?? ""];
  if (!service || !sdk || !ClientClass) throw new Error(`${id} is not registered`);
  const client = new ClientClass({
    endpoint: cloud.endpoint, region: "us-east-1", credentials: KEY, maxAttempts: 1, forcePathStyle: true, disableHostPrefix: true,
    requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED",
  }) as Client;
  return { service, sdk, client };
}

test.each(SERVICES.map(({ id }) => id))("a modelled error of %s arrives under its own name, with its status and members", async (id) => {
  const random = seededRandom(SEED);
  let thrown = new ServiceError("None", 400, "");
  await using cloud = await startEchoCloud(() => Promise.reject(thrown), { validate: false });
  const { service, sdk, client } = await connect(cloud, id);
  const sdkName = (Object.keys(sdk).find((name) => /^[A-Z]\w*Client$/.test(name)) ?? "").replace(/Client$/, "");
  const [model] = service.model.operations.values();
  const Command = sdk[`${model?.name}Command`];
  if (!model || !Command) throw new Error(`${id} has no operations`);
  const input = makeValue(model.input, { random, fullness: "required", override: (member, schema) => override(id, member, schema) }) as object;
  const wrong: string[] = [];
  for (const error of new Set(service.model.errors.values())) {
    // The SDK's own base class is no error of the service.
    if (error.name.endsWith("ServiceException") && error.name.startsWith(sdkName)) continue;
    const { message: _, Message: __, ...members } = makeValue(error.schema, { random, fullness: "everything" }) as Record<string, unknown>;
    thrown = new ServiceError(error.name, error.status, "said <so> & thus", members);
    const found = (await client.send(new Command(input) as object).then(() => new Error("none"), (reason: unknown) => reason)) as Error & { $metadata?: { httpStatusCode?: number } };
    const lost = Object.keys(members).filter((name) => !(name in found));
    if (found.name !== error.name || found.$metadata?.httpStatusCode !== error.status || found.message !== "said <so> & thus" || lost.length > 0) {
      wrong.push(`${error.name} ${error.status}: ${found.name} ${found.$metadata?.httpStatusCode} ${found.message} without ${lost.join()}`);
    }
  }
  client.destroy();
  expect(wrong).toEqual([]);
});

/** Clients invent idempotency tokens that were not given. */
const tokensOf = (schema: NormalizedSchema): readonly string[] =>
  schema.isStructSchema() ? [...schema.structIterator()].filter(([, member]) => member.isIdempotencyToken()).map(([name]) => name) : [];

/** The members of a comparable value, except those; absent and empty are one. */
const without = (value: unknown, leftOut: (name: string) => boolean): object =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !leftOut(name))) : {};
