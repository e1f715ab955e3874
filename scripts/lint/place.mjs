import { relative, sep } from "node:path";

// The violations of test/lint stand in a little tree of their own, which is judged as if it were the repository.
const VIOLATIONS = /^test\/lint\/violations\//;

/** Where the linted file stands: its path in the repository, and its layer and the rest when it is in src/. */
export function place(context) {
  const path = relative(context.cwd, context.filename).split(sep).join("/").replace(VIOLATIONS, "");
  return { path, ...layer(path) };
}

export function layer(path) {
  const [top, name, ...rest] = path.split("/");
  return top === "src" && rest.length > 0 ? { layer: name, rest } : { layer: undefined, rest: [] };
}
