import { readFile } from "node:fs/promises";
import type { Clients } from "../sdk/clients.ts";
import type { DataSet, Picture } from "./images.ts";
import type { StepReport } from "./progress.ts";

export interface ClassScore {
  readonly className: string;
  readonly pictures: number;
  readonly right: number;
}

/** How the deployed endpoint does on pictures that took no part in training. */
export interface Evaluation {
  readonly pictures: number;
  readonly right: number;
  readonly accuracy: number;
  /** What guessing would reach. */
  readonly chance: number;
  readonly classes: readonly ClassScore[];
}

/** Requests in flight: enough to keep an instance busy. */
const PARALLEL = 4;

/** Asks the endpoint about every held-out picture, as AWS's own container would be asked. */
export async function evaluate(clients: Clients, { endpointName, data, report }: { readonly endpointName: string; readonly data: DataSet; readonly report: StepReport }): Promise<Evaluation> {
  const { InvokeEndpointCommand } = await import("@aws-sdk/client-sagemaker-runtime");
  const client = await clients.runtime();
  const held = data.pictures.filter(({ split }) => split === "test");
  const right = new Map<string, number>();
  let done = 0;
  const queue = held.values();
  const worker = async (): Promise<void> => {
    for (const picture of queue) {
      const { Body } = await client.send(new InvokeEndpointCommand({ EndpointName: endpointName, ContentType: "application/x-image", Body: await readFile(picture.file) }));
      if (data.classes[indexOfLargest(probabilitiesOf(Body?.transformToString() ?? "", data.classes.length))] === picture.className) right.set(picture.className, (right.get(picture.className) ?? 0) + 1);
      done += 1;
      report.fraction(done / held.length);
      report.detail(`${done} of ${held.length} held-out pictures`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, held.length) }, worker));
  return scoreOf(held, data.classes, right);
}

function scoreOf(held: readonly Picture[], classNames: readonly string[], right: ReadonlyMap<string, number>): Evaluation {
  const classes = classNames.map((className) => ({ className, pictures: held.filter((picture) => picture.className === className).length, right: right.get(className) ?? 0 }));
  const total = classes.reduce((sum, each) => sum + each.right, 0);
  return { pictures: held.length, right: total, accuracy: total / held.length, chance: 1 / classNames.length, classes };
}

/** What the endpoint answered, one number a class. Throws when it is anything else: no answer must count as a guess. */
export function probabilitiesOf(text: string, classes: number): readonly number[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = undefined;
  }
  if (!Array.isArray(answer) || answer.length !== classes || !answer.every((value) => typeof value === "number" && Number.isFinite(value))) {
    throw new Error(`a picture was answered with ${text.slice(0, 200)}, where ${classes} probabilities were expected`);
  }
  return answer as number[];
}

export const indexOfLargest = (values: readonly number[]): number => values.reduce((best, value, index) => (value > (values[best] ?? -Infinity) ? index : best), 0);
