import { fetchPicture, FetchRefused, type FetchOptions } from "./fetch-picture.ts";
import { BadPicture } from "./pictures.ts";
import type { ServedModel } from "./served-model.ts";

export interface Invocation {
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly body: Uint8Array;
}

export interface InvocationAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A request that cannot be answered, with the status and a text for the caller. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const PICTURES = ["application/x-image", "image/jpeg", "image/jpg", "image/png"];
const JSON_TYPE = "application/json";

/** How AWS's algorithm answers (a plain list, or JSON Lines), and our extension with labels, by the Accept header. */
type Form = "list" | "lines" | "labelled";

const withoutParameters = (header: string): string => (header.split(";")[0] ?? "").trim().toLowerCase();

function formOf(accept: string | undefined): Form {
  const first = (accept ?? "").split(",")[0] ?? "";
  const type = withoutParameters(first);
  const isVerbose = /;\s*verbose(\s*=\s*true)?\s*(;|$)/i.test(first);
  if (type === "" || type === "*/*" || type === "application/*") return "list";
  if (type === JSON_TYPE) return isVerbose ? "labelled" : "list";
  if (type === "application/jsonlines") return "lines";
  throw new Refusal(406, `Accept ${accept ?? ""} is not supported: use application/json, application/jsonlines, or application/json;verbose for labels.`);
}

/** Our extension: `{"url": "https://…"}` or `{"image": "<base64>"}`. */
async function pictureOfJson(body: Uint8Array, options: FetchOptions): Promise<Uint8Array> {
  let request: unknown;
  try {
    request = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw new Refusal(400, "The body is not valid JSON.");
  }
  const { url, image } = typeof request === "object" && request !== null ? (request as { readonly url?: unknown; readonly image?: unknown }) : {};
  if (typeof url === "string" && image === undefined) return fetchPicture(url, options);
  if (typeof image !== "string" || url !== undefined) throw new Refusal(400, 'The JSON must hold either "url" or "image" (base64), as a string.');
  const text = image.replace(/^data:image\/\w+;base64,/, "");
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw new Refusal(400, '"image" is not base64.');
  return Buffer.from(text, "base64");
}

function render(form: Form, probabilities: readonly number[], labels: readonly string[]): InvocationAnswer {
  if (form === "list") return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(probabilities) };
  if (form === "lines") return { status: 200, contentType: "application/jsonlines", body: `${JSON.stringify({ prediction: probabilities })}\n` };
  const best = probabilities.indexOf(Math.max(...probabilities));
  const body = { probabilities, labels, predicted_label: labels[best], probability: probabilities[best] };
  return { status: 200, contentType: `${JSON_TYPE};verbose`, body: JSON.stringify(body) };
}

/** Answers one request to `/invocations`; the caller's mistakes become 4xx with a plain text. */
export async function answerInvocation(invocation: Invocation, model: ServedModel, options: FetchOptions): Promise<InvocationAnswer> {
  const refused = (status: number, text: string): InvocationAnswer => ({ status, contentType: "text/plain; charset=utf-8", body: text });
  try {
    const form = formOf(invocation.accept);
    const type = withoutParameters(invocation.contentType ?? "");
    if (!PICTURES.includes(type) && type !== JSON_TYPE) {
      throw new Refusal(415, `Content type ${type === "" ? "(none)" : type} is not supported: use application/x-image, image/jpeg or image/png.`);
    }
    const picture = type === JSON_TYPE ? await pictureOfJson(invocation.body, options) : invocation.body;
    return render(form, [...(await model.classify(picture))], model.labels);
  } catch (error) {
    if (error instanceof Refusal) return refused(error.status, error.message);
    if (error instanceof BadPicture) return refused(400, `The picture ${error.message}.`);
    if (error instanceof FetchRefused) return refused(400, error.message);
    throw error;
  }
}
