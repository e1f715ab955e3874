import type { ListedObject } from "../object/record.ts";
import { canonicalUser, quoted } from "../object/record.ts";

/** One object as the listings show it. */
export const listedObject = ({ key, record }: ListedObject, name: (text: string) => string, owner: string | undefined) => ({
  Key: name(key),
  LastModified: new Date(record.modified),
  ETag: quoted(record.etag),
  ChecksumAlgorithm: [record.checksum.algorithm],
  ChecksumType: record.checksum.type,
  Size: record.size,
  StorageClass: "STANDARD" as const,
  ...(owner === undefined ? {} : { Owner: { ID: canonicalUser(owner) } }),
});
