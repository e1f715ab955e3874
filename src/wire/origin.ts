/** What a browser tells of who makes it send a request. Header names in lower case. */
export interface OriginRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AllowedOrigins {
  /** Is this one of our own names, beside the loopback ones? Lower case, without port. */
  readonly hosts: (host: string) => boolean;
  /** Does the CORS configuration of the bucket or function URL that is asked admit this origin? */
  readonly corsAllows?: (origin: string) => boolean;
  /** May a link on a foreign page be followed here? Yes for function URLs, which are pages themselves. */
  readonly navigation?: boolean;
  /**
   * May a page of this very origin ask this? An HTML object in a bucket is one, and whoever may put an object would act as
   * everybody whose keys it guesses; a function URL's page is the function's own.
   */
  readonly ownPages?: boolean;
}

export type OriginVerdict = { readonly admitted: true } | { readonly admitted: false; readonly reason: string };

const ADMITTED: OriginVerdict = { admitted: true };
const refused = (reason: string): OriginVerdict => ({ admitted: false, reason });

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\]|(?:[a-z0-9_-]+\.)+localhost)$/;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/;

/** The name in a `Host` header or an origin: lower case, without port and final dot; undefined when it is malformed. */
export function hostName(authority: string): string | undefined {
  return AUTHORITY.exec(authority.toLowerCase())?.[1]?.replace(/\.$/, "");
}

/**
 * Decides before authentication whether a request may come in, since everybody knows `test`/`test` and so could any web
 * page in the user's browser. `Host` must name this server (a rebound name does not); a request that a foreign page made
 * is refused, whatever it asks, and one of this very origin (an object in a bucket) nearly always. Programs send neither `Origin` nor `Sec-Fetch-Site`.
 * https://www.w3.org/TR/fetch-metadata/ and https://fetch.spec.whatwg.org/#origin-header
 */
export function admitOrigin(request: OriginRequest, allowed: AllowedOrigins): OriginVerdict {
  const { host: authority = "", origin, "sec-fetch-site": site } = request.headers;
  const host = hostName(authority);
  if (host === undefined || !(LOOPBACK.test(host) || allowed.hosts(host))) {
    return refused(`The Host header ${JSON.stringify(authority)} is not a name of this server.`);
  }
  if (origin !== undefined) {
    if (allowed.ownPages && isOwn(origin, authority) && (site === undefined || site === "same-origin")) return ADMITTED;
    if (origin !== "null" && allowed.corsAllows?.(origin)) return ADMITTED;
    return refused(`A web page of ${origin === "null" ? "an unnamed origin" : origin} may not call this server.`);
  }
  if (site === undefined || site === "none" || (site === "same-origin" && allowed.ownPages)) return ADMITTED;
  if (allowed.navigation && isNavigation(request)) return ADMITTED;
  return refused(`A web page may not call this server (Sec-Fetch-Site: ${site}).`);
}

/** Same scheme, name and port as the request itself; the server behind speaks plain HTTP, a proxy before it may not. */
const isOwn = (origin: string, authority: string): boolean => {
  const match = /^https?:\/\/(.+)$/.exec(origin.toLowerCase());
  return match?.[1] === authority.toLowerCase();
};

const isNavigation = ({ method, headers }: OriginRequest): boolean =>
  (method === "GET" || method === "HEAD") && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
