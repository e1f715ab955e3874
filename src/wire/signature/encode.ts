const PLAIN = /^[A-Za-z0-9\-._~]*$/;
const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;

/** Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`, as AWS's UriEncode. */
export const uriEncode = (text: string): string =>
  PLAIN.test(text)
    ? text
    : encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Decodes percent-encoding; text that is not valid percent-encoding is returned as it is. */
export function uriDecode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const PIECE = /%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~/%]+|%/gu;

/**
 * S3's canonical path: encoded once, never normalised. Escapes that stand in the path stay (so `%2F` remains apart
 * from `/`), except those of characters that need none.
 */
export const singlyEncodedPath = (raw: string): string =>
  PLAIN_PATH.test(raw)
    ? raw
    : raw.replaceAll(PIECE, (piece, hex: string | undefined) => {
        if (hex === undefined) return uriEncode(piece);
        const character = String.fromCharCode(Number.parseInt(hex, 16));
        return PLAIN.test(character) ? character : piece.toUpperCase();
      });

/** The canonical path of every other service: dot segments and empty segments removed, then encoded once more. */
export function doublyEncodedPath(raw: string): string {
  if (raw === "/" || raw === "") return "/";
  const segments: string[] = [];
  for (const segment of raw.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(uriEncode(segment));
  }
  const trailing = raw.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${trailing}`;
}

/** The parameters of a raw query, decoded, in their order. */
export const queryPairs = (raw: string): (readonly [name: string, value: string])[] =>
  raw === ""
    ? []
    : raw.split("&").filter((piece) => piece !== "").map((piece) => {
        const at = piece.indexOf("=");
        const plain = (text: string): string => uriDecode(text.replaceAll("+", " "));
        return at < 0 ? [plain(piece), ""] : [plain(piece.slice(0, at)), plain(piece.slice(at + 1))];
      });

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Parameters encoded anew and sorted by name, then value, without the one named `omit`. */
export const canonicalQuery = (pairs: readonly (readonly [string, string])[], omit?: string): string =>
  pairs
    .filter(([name]) => name !== omit)
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort((a, b) => byText(a[0], b[0]) || byText(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
