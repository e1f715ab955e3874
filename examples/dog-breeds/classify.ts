import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { fetchPicture, PictureError } from "./fetch-picture.ts";

/** What a caller sends: a picture's address, or the picture itself in base64. */
interface ClassifyEvent {
  readonly url?: unknown;
  readonly image?: unknown;
  /** The same as JSON text, when the event came through the function's URL. */
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** InvokeEndpoint takes no more. */
const MAX_PICTURE_BYTES = 6_291_456;
const TOP = 3;

const runtime = new SageMakerRuntimeClient({});
// The class names travel with the function: AWS's own container answers probabilities without names.
const labels = JSON.parse(readFileSync(join(process.env["LAMBDA_TASK_ROOT"] ?? ".", "labels.json"), "utf8")) as readonly string[];

/** Names the breed on a picture. 400 says what is wrong with the request; 502 that the endpoint refused, in AWS's words. */
export async function handler(event: ClassifyEvent): Promise<Response> {
  try {
    const probabilities = await classify(await pictureOf(questionOf(event)));
    const top = probabilities.map((probability, index) => ({ breed: labels[index] ?? `class ${index}`, probability }))
      .sort((a, b) => b.probability - a.probability).slice(0, TOP);
    return respond(200, { breed: top[0]?.breed, probability: top[0]?.probability, top });
  } catch (error) {
    if (error instanceof PictureError) return respond(400, { error: error.message });
    const { name, message } = error as Error;
    return respond(502, { error: `${name}: ${message}` });
  }
}

function questionOf(event: ClassifyEvent): ClassifyEvent {
  if (typeof event.body !== "string") return event;
  const text = event.isBase64Encoded === true ? Buffer.from(event.body, "base64").toString("utf8") : event.body;
  try {
    const parsed = JSON.parse(text) as unknown;
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch {
    // falls through to the same answer as any other body that is no object
  }
  throw new PictureError('The body must be JSON: {"url": "https://…"} or {"image": "<base64>"}.');
}

async function pictureOf({ url, image }: ClassifyEvent): Promise<Uint8Array> {
  if (typeof url === "string") return fetchPicture(url, { maxBytes: MAX_PICTURE_BYTES, allowPrivate: process.env["ALLOW_PRIVATE_ADDRESSES"] === "1" });
  if (typeof image !== "string" || image === "") throw new PictureError('Send {"url": "https://…"} or {"image": "<base64>"}.');
  const bytes = Buffer.from(image, "base64");
  if (bytes.length === 0 || bytes.length > MAX_PICTURE_BYTES) throw new PictureError(`The picture must have 1 to ${MAX_PICTURE_BYTES} bytes.`);
  return bytes;
}

async function classify(picture: Uint8Array): Promise<readonly number[]> {
  const { Body } = await runtime.send(new InvokeEndpointCommand({ EndpointName: process.env["ENDPOINT_NAME"], ContentType: "application/x-image", Body: picture }));
  return JSON.parse(new TextDecoder().decode(Body)) as number[];
}

const respond = (statusCode: number, body: object): Response =>
  ({ statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
