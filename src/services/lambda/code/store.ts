import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { UnpackError, unpackPackage } from "../../../runtimes/functions/index.ts";
import type { Store } from "../../../store/index.ts";
import { errors } from "../errors.ts";
import type { CodeRecord } from "../function/function.ts";
import { MAX_UNZIPPED_BYTES } from "../limits.ts";

/** A package that was checked by unpacking it, not yet in its place. */
export interface ReceivedCode {
  readonly record: CodeRecord;
}

/** Packages: the packed file among the store's blobs, and beside it the unpacked folder that environments read. */
export interface CodeStore {
  /** Unpacks and keeps a package. Throws AWS's InvalidParameterValueException for what is no package or too large. */
  receive(zip: Buffer): Promise<ReceivedCode>;
  /** Where a package's files are. */
  folder(code: CodeRecord): string;
  /** A function names it now. Call with the change of the function's record, in one transaction. */
  adopt(code: CodeRecord): void;
  /** No function names it any more; `remove` follows, or the next start does it. Call with the change of the record, in one transaction. */
  forget(code: CodeRecord): void;
  /** Brings a received package to its place; also after a crash, from the packed file. Safe to call twice. */
  place(code: CodeRecord): Promise<void>;
  remove(code: CodeRecord): Promise<void>;
  /** Removes what an earlier server left of packages that no function has. */
  sweep(known: ReadonlySet<string>): Promise<void>;
}

export function openCodeStore(store: Store): CodeStore {
  const root = join(store.folder, "functions");
  const unreferenced = store.collection<true>("lambda_unreferenced");
  // Read before the first request: later ones may be of packages on their way.
  const leftBehind = unreferenced.entries().map(([blob]) => blob);
  mkdirSync(root, { recursive: true });
  const placeOf = (blob: string): string => join(root, blob);
  const stageOf = (blob: string): string => join(root, `${blob}.new`);
  const remove = async (blob: string): Promise<void> => {
    await Promise.all([rm(placeOf(blob), { recursive: true, force: true }), rm(stageOf(blob), { recursive: true, force: true }), store.blobs.delete(blob)]);
    unreferenced.delete(blob);
  };
  return {
    async receive(zip) {
      const writer = store.blobs.create();
      try {
        unreferenced.put(writer.id, true);
        await unpack(zip, stageOf(writer.id));
        writer.stream.end(zip);
        await finished(writer.stream);
        const blob = await writer.commit();
        return { record: { blob, sha256: createHash("sha256").update(zip).digest("base64"), bytes: zip.length } };
      } catch (error) {
        await writer.discard();
        unreferenced.delete(writer.id);
        throw error;
      }
    },
    adopt: ({ blob }) => void unreferenced.delete(blob),
    forget: ({ blob }) => unreferenced.put(blob, true),
    folder: ({ blob }) => placeOf(blob),
    async place({ blob }) {
      if (existsSync(placeOf(blob))) return;
      if (!existsSync(stageOf(blob))) await unpack(await buffer(store.blobs.read(blob)), stageOf(blob));
      await rename(stageOf(blob), placeOf(blob));
    },
    remove: ({ blob }) => remove(blob),
    async sweep(known) {
      for (const blob of leftBehind) await (known.has(blob) ? unreferenced.delete(blob) : remove(blob));
      const strangers = readdirSync(root).filter((name) => !known.has(name.replace(/\.new$/, "")));
      for (const name of strangers) await rm(join(root, name), { recursive: true, force: true });
    },
  };
}

async function unpack(zip: Buffer, folder: string): Promise<void> {
  try {
    const { files } = await unpackPackage(zip, folder, MAX_UNZIPPED_BYTES);
    if (files > 0) return;
  } catch (error) {
    if (error instanceof UnpackError && error.kind === "too-large") throw errors.invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
    if (!(error instanceof UnpackError)) throw error;
    throw errors.invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
  await rm(folder, { recursive: true, force: true });
  throw errors.invalid("Uploaded file must be a non-empty zip");
}
