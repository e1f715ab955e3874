/** What policies may ask about the tags that a request carries. */
export const tagConditions = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string | readonly string[]>> => {
  const keys = Object.keys(tags);
  return keys.length === 0 ? {} : { ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, tags[key] ?? ""])), "aws:TagKeys": keys };
};
