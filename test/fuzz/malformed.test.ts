import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../src/shared/clock.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { SERVICES } from "../../src/services/registry.ts";
import type { LoadedService } from "../../src/wire/registry.ts";
import { startCloud } from "../../src/cloud/start.ts";
import type { Log } from "../../src/shared/log.ts";
import { makeAllowed } from "./support/allowed.ts";
import { BOMBS, chanceOf, damageByBomb, damageSignature, DAMAGES, type Chance } from "./support/damage.ts";
import { KEY, startEchoCloud } from "./support/echo-cloud.ts";
import { exchange } from "./support/exchange.ts";
import { createRequestMaker, signingNameOf } from "./support/requests.ts";
import { sign, type RawRequest } from "./support/sign.ts";
import { makeValue } from "./support/values.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? 20261121);
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 1000);
const AT_ONCE = 16;
/** One request in ten has a wrong signature; the others get past it. */
const WRONG_SIGNATURES = 0.1;

interface Target {
  readonly endpoint: string;
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly operations: readonly { readonly service: LoadedService; readonly name: string }[];
}

/** Damaged requests for operations of the target, all of them from one seed. */
async function makeRequests({ endpoint, key, operations }: Target, count: number): Promise<readonly { readonly label: string; readonly request: RawRequest }[]> {
  const chance: Chance = chanceOf(seededRandom(SEED));
  const makers = new Map(await Promise.all([...new Set(operations.map(({ service }) => service))].map(async (service) => {
    const sdk = (await SERVICES.find(({ id }) => id === service.id)?.loadSdk()) as Parameters<typeof createRequestMaker>[1];
    return [service, createRequestMaker(service, sdk)] as const;
  })));
  const requests: { label: string; request: RawRequest }[] = [];
  while (requests.length < count) {
    const { service, name } = chance.pick(operations);
    const input = makeInput(service, name, chance);
    const whole = await makers.get(service)?.(name, input);
    const damage = chance.random.fraction() < BOMBS ? damageByBomb : chance.pick(DAMAGES);
    const damaged = whole && damage({ ...whole, headers: { ...whole.headers, host: new URL(endpoint).host } }, chance);
    if (!damaged) continue;
    const signed = sign(damaged, { ...key, service: signingNameOf(service), now: systemClock.now() });
    const request = chance.random.fraction() < WRONG_SIGNATURES ? damageSignature(signed, chance) : signed;
    requests.push({ label: `${service.id}.${name}`, request });
  }
  return requests;
}

/** Half of the inputs keep to the constraints, so that what is wrong with them is met by the handlers. */
function makeInput(service: LoadedService, operation: string, chance: Chance): object {
  const node = service.constraints.input(operation);
  if (node && chance.below(2) === 0) return makeAllowed(node, chance) as object;
  const schema = service.model.operations.get(operation)?.input;
  return schema?.isStructSchema() ? (makeValue(schema, { random: chance.random, fullness: chance.pick(["everything", "required", "some"]) }) as object) : {};
}

/** Sends them all, some at a time; says which got an answer that a server in order never gives. */
async function bombard(target: Target): Promise<{ readonly wrong: readonly string[]; readonly statuses: Readonly<Record<string, number>> }> {
  const requests = await makeRequests(target, REQUESTS);
  const wrong: string[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let entry = requests[next++]; entry; entry = requests[next++]) {
      const status = await exchange(target.endpoint, entry.request);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === "silent" || (typeof status === "number" && status >= 500 && status !== 501)) {
        const { method, path, query, headers, body } = entry.request;
        wrong.push(`${entry.label} ${status}: ${method} ${path.slice(0, 80)}?${query.slice(0, 80)} ${JSON.stringify(headers).slice(0, 500)} ${body.toString("latin1").slice(0, 300)}`);
      }
    }
  }));
  if (process.env["FUZZ_VERBOSE"]) process.stderr.write(`${JSON.stringify({ statuses, wrong })}\n`);
  return { wrong, statuses };
}

test("a thousand malformed requests to every operation find no handler unprepared and no stage that breaks", { timeout: 180_000 }, async () => {
  await using cloud = await startEchoCloud(() => ({}), { validate: true });
  const operations = cloud.services.flatMap((service) => [...service.model.operations.keys()].map((name) => ({ service, name })));
  const { wrong, statuses } = await bombard({ endpoint: cloud.endpoint, key: KEY, operations });
  expect(wrong).toEqual([]);
  expect(cloud.failures).toEqual([]);
  expect(statuses["400"]).toBeGreaterThan(REQUESTS / 4);
});

test("a thousand malformed requests leave the real services standing", { timeout: 180_000 }, async () => {
  await using models = await startEchoCloud(() => ({}), { validate: true });
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-fuzz-"));
  const failures: string[] = [];
  const log: Log = { info: () => undefined, warn: () => undefined, error: (message, facts) => void failures.push(`${message} ${JSON.stringify(facts)}`) };
  // Not the audited cloud of other tests: what IAM is asked about a resource that makes no sense makes none either.
  const cloud = await startCloud({ port: 0, data: folder }, { log });
  const done = new Set([...readFileSync(new URL("../../docs/reference/coverage.md", import.meta.url), "utf8").matchAll(/^- \[x\] (\w+)$/gm)].map(([, name]) => name));
  const operations = models.services.flatMap((service) => [...service.model.operations.keys()].filter((name) => done.has(name)).map((name) => ({ service, name })));
  const { wrong } = await bombard({ endpoint: cloud.endpoint, key: cloud.rootKeys, operations });
  expect(wrong).toEqual([]);
  expect(failures).toEqual([]);
  expect((await fetch(`${cloud.endpoint}/`)).status).toBe(403);
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});
