/**
 * Whether an object in this valid JSON text has a key twice. `JSON.parse` keeps the last one silently; IAM refuses.
 * Keys that differ in case only are the same key to IAM's elements, but not to condition keys and tags, so case counts.
 */
export function hasDuplicateKeys(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let previous = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"') && (previous === "{" || previous === ",")) {
      const keys = open.at(-1);
      if (keys?.has(token) === true) return true;
      keys?.add(token);
    }
    previous = token;
  }
  return false;
}
