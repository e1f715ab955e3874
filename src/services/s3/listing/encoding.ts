/**
 * `encoding-type=url`: as S3 encodes keys that XML cannot carry. A space becomes `+`, a slash stays.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html#API_ListObjectsV2_RequestSyntax
 */
export const urlEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/").replace(/[!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** How names are written in this answer. */
export const namesIn = (encoding: string | undefined): ((text: string) => string) =>
  encoding === "url" ? urlEncoded : (text) => text;
