/** An image URI taken apart: `<registry>/<repository>:<tag>`, the registry absent in plain names. */
export interface ImageName {
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string;
}

/** Parses an image URI as container engines do: what stands before the first slash is a registry when it looks like a host. */
export function parseImage(uri: string): ImageName {
  const slash = uri.indexOf("/");
  const first = slash === -1 ? "" : uri.slice(0, slash);
  const registry = /[.:]/.test(first) || first === "localhost" ? first : undefined;
  const [named = ""] = (registry === undefined ? uri : uri.slice(slash + 1)).split("@");
  const colon = named.lastIndexOf(":");
  return colon === -1 ? { registry, repository: named, tag: "latest" } : { registry, repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}
