import { lookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP } from "node:net";

/** The caller's request cannot be met; the message is for the caller. */
export class PictureError extends Error {
  override readonly name = "PictureError";
}

export interface FetchLimits {
  readonly maxBytes: number;
  /** Lets addresses of private networks through: for pictures that are served beside the function. */
  readonly allowPrivate: boolean;
}

const TIMEOUT_MS = 5000;
const MAX_REDIRECTS = 3;

/** Networks that a stranger's address must not lead into. https://www.iana.org/assignments/iana-ipv4-special-registry/ and …-ipv6-… */
const notPublic = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12],
  ["192.0.0.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["224.0.0.0", 3],
] as const) notPublic.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [["::", 128], ["::1", 128], ["::ffff:0:0", 96], ["64:ff9b::", 96], ["fc00::", 7], ["fe80::", 10], ["ff00::", 8]] as const) notPublic.addSubnet(network, bits, "ipv6");

/** Gets a picture from an address that somebody sent: http and https only, public addresses only, within bounds of size and time. */
export async function fetchPicture(address: string, limits: FetchLimits): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  let url = parse(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await get(url, await within(deadline, publicAddress(url, limits)), { ...limits, signal: deadline });
    if (answer instanceof Uint8Array) return answer;
    url = parse(answer.location, url.href);
  }
  throw new PictureError(`The address redirects more than ${MAX_REDIRECTS} times.`);
}

/** A lookup cannot be called off, but need not be waited for. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_resolve, reject) => {
    const late = (): void => reject(failure(signal.reason as Error));
    if (signal.aborted) late();
    else signal.addEventListener("abort", late, { once: true });
  })]);

function parse(address: string, base?: string): URL {
  const url = URL.parse(address, base);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) throw new PictureError("The url must begin with http:// or https://.");
  if (url.username !== "" || url.password !== "") throw new PictureError("The url must not carry a user name or password.");
  return url;
}

/** The address that will be connected to: looked up once, so that a name cannot mean something else the second time. */
async function publicAddress({ hostname }: URL, { allowPrivate }: FetchLimits): Promise<string> {
  const name = hostname.replace(/^\[|\]$/g, "");
  const found = isIP(name) === 0 ? await lookup(name, { all: true }).catch(() => []) : [{ address: name, family: isIP(name) }];
  const usable = found.find(({ address, family }) => allowPrivate || !notPublic.check(address, family === 6 ? "ipv6" : "ipv4"));
  if (found.length === 0) throw new PictureError(`The host ${hostname} cannot be found.`);
  if (!usable) throw new PictureError(`The host ${hostname} is not on the public internet.`);
  return usable.address;
}

interface GetOptions extends FetchLimits {
  readonly signal: AbortSignal;
}

function get(url: URL, host: string, { maxBytes, signal }: GetOptions): Promise<Uint8Array | { readonly location: string }> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = send({
      host, port: url.port === "" ? undefined : url.port, path: url.pathname + url.search, headers: { host: url.host, accept: "image/*" }, servername: url.hostname, signal,
    }, (incoming) => {
      const { statusCode = 0 } = incoming;
      const { location } = incoming.headers;
      if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
        incoming.resume();
        resolve({ location });
        return;
      }
      if (statusCode !== 200) {
        incoming.resume();
        reject(new PictureError(`The address answered with status ${statusCode}.`));
        return;
      }
      const pieces: Buffer[] = [];
      let size = 0;
      incoming.on("data", (piece: Buffer) => {
        size += piece.length;
        if (size > maxBytes) incoming.destroy(new PictureError(`The picture has more than ${maxBytes} bytes.`));
        else pieces.push(piece);
      });
      incoming.on("end", () => resolve(Buffer.concat(pieces)));
      incoming.on("error", (error) => reject(failure(error)));
    });
    outgoing.on("error", (error) => reject(failure(error)));
    outgoing.end();
  });
}

const failure = (error: Error): Error => {
  if (error instanceof PictureError) return error;
  return new PictureError(error.name === "TimeoutError" || error.name === "AbortError" ? `The picture did not arrive within ${TIMEOUT_MS / 1000} s.` : `The picture could not be fetched: ${error.message}`);
};
