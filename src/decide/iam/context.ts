/**
 * The request's condition keys. Keys are asked for in lower case, since IAM compares them without case. A list is a key
 * that may have many values (`aws:TagKeys`), a text one that has a single value; undefined is a key the request lacks.
 */
export interface ConditionContext {
  get(key: string): string | readonly string[] | undefined;
}

/** A context over plain keys in any case. */
export function contextOf(keys: Readonly<Record<string, string | readonly string[]>>): ConditionContext {
  const byLowerCase = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value]));
  return { get: (key) => byLowerCase.get(key) };
}
